package io.jenkins.plugins.clickpipe.process;

import hudson.FilePath;
import hudson.Util;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.UUID;

/** The engine's runnable jar, which the plugin carries and each node gets once for each checksum. */
final class EngineJar {
    static final String NAME = "clickpipe-resync-engine.jar";

    private EngineJar() {}

    /** The checksum of the jar that this plugin carries; it does not change while Jenkins runs. */
    private static final class Checksum {
        static final String HEX = compute();

        private static String compute() {
            try (InputStream jar = resource().openStream()) {
                return Util.getDigestOf(jar);
            } catch (IOException e) {
                throw new IllegalStateException("The plugin's engine jar cannot be read", e);
            }
        }
    }

    /** The jar on the node, copied there when it is not yet. A half copied file is never taken for the jar. */
    static FilePath on(FilePath nodeRoot) throws IOException, InterruptedException {
        FilePath home = home(nodeRoot);
        FilePath jar = home.child(NAME);
        if (!jar.exists()) {
            FilePath part = caches(nodeRoot).child(UUID.randomUUID() + ".part");
            try {
                part.copyFrom(resource());
                home.mkdirs();
                if (!jar.exists()) {
                    part.renameTo(jar);
                }
            } finally {
                part.delete();
            }
        }
        return jar;
    }

    /** The node's directory for this jar and what belongs to it. */
    static FilePath home(FilePath nodeRoot) {
        return caches(nodeRoot).child(Checksum.HEX);
    }

    private static FilePath caches(FilePath nodeRoot) {
        return nodeRoot.child("caches").child("clickpipe-resync");
    }

    private static URL resource() {
        URL resource = EngineJar.class.getResource(NAME);
        if (resource == null) {
            throw new IllegalStateException("The plugin was built without " + NAME);
        }
        return resource;
    }
}
