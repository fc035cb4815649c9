package io.jenkins.plugins.clickpipe.sync;

import hudson.XmlFile;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/** The records of all pipes that are kept in sync, in one file of Jenkins' home. */
final class SyncRecords {
    private static final Logger LOG = Logger.getLogger(SyncRecords.class.getName());

    private Map<String, SyncRecord> byPipe = new TreeMap<>();

    /** Those that were saved; none when the file cannot be read. */
    static SyncRecords load() {
        SyncRecords records = new SyncRecords();
        try {
            if (file().exists()) {
                file().unmarshal(records);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "What was known of the syncs in the background cannot be read; it begins anew", e);
        }
        return records;
    }

    synchronized SyncRecord of(String pipe) {
        return byPipe.getOrDefault(pipe, SyncRecord.NONE);
    }

    /** A success after a success is not worth writing. */
    synchronized void put(String pipe, SyncRecord record) {
        SyncRecord before = byPipe.put(pipe, record);
        if (before == null || !before.isApplied() || !record.isApplied()) {
            save();
        }
    }

    synchronized void retain(Set<String> pipes) {
        if (byPipe.keySet().retainAll(pipes)) {
            save();
        }
    }

    synchronized void save() {
        try {
            file().write(this);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "What is known of the syncs in the background cannot be saved", e);
        }
    }

    private static XmlFile file() {
        return new XmlFile(
                Jenkins.XSTREAM2, new File(Jenkins.get().getRootDir(), SyncRecords.class.getName() + ".xml"));
    }
}
