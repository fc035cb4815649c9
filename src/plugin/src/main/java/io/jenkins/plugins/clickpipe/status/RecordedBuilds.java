package io.jenkins.plugins.clickpipe.status;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;

/** Keeps the records true when a build ends without having told, and when a job is renamed or deleted. */
final class RecordedBuilds {
    private RecordedBuilds() {}

    @Extension
    public static final class Ends extends RunListener<Run<?, ?>> {
        @Override
        public void onFinalized(Run<?, ?> run) {
            BuildReference ended = BuildReference.to(run);
            PipeRecords records = PipeRecords.get();
            records.all().stream()
                    .filter(record -> record.activity()
                            .flatMap(Activity::build)
                            .filter(ended::equals)
                            .isPresent())
                    .forEach(records::endUnlessWorking);
        }
    }

    @Extension
    public static final class Jobs extends ItemListener {
        @Override
        public void onLocationChanged(Item item, String before, String after) {
            PipeRecords.get().renamed(before, after);
        }

        @Override
        public void onDeleted(Item item) {
            PipeRecords.get().deleted(item.getFullName());
        }
    }
}
