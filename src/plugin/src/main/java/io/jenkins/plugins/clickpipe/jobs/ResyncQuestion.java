package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import hudson.model.Job;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.status.PipeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What somebody is asked before a job's resync: which pipes and tables, and what readers will see. */
public final class ResyncQuestion {
    private static final int MOST_RULES = 5;

    private final Job<?, ?> job;
    private final Map<PipeId, KnownResync> resyncs;

    ResyncQuestion(Job<?, ?> job) {
        this.job = requireNonNull(job);
        this.resyncs = ResyncJobs.get().resyncs(job);
    }

    public String getTitle() {
        String names = resyncs.keySet().stream().map(PipeId::name).collect(Collectors.joining(", "));
        return resyncs.size() == 1 ? Messages.ResyncQuestion_Title(names) : Messages.ResyncQuestion_Titles(names);
    }

    /** One about each pipe, then what happens. */
    public List<String> getSentences() {
        List<String> sentences = new ArrayList<>();
        resyncs.forEach((pipe, resync) -> sentences.add(pipe(pipe.name(), resync)));
        sentences.add(Messages.ResyncQuestion_Load(job.getFullDisplayName()));
        boolean allLive = resyncs.entrySet().stream()
                .allMatch(entry -> keepsOriginalLive(entry.getKey().name(), entry.getValue()));
        sentences.add(allLive ? Messages.ResyncQuestion_ReadersLive() : Messages.ResyncQuestion_Readers());
        return sentences;
    }

    /** The sentences as one text, with an empty line between them. */
    public String getMessage() {
        return String.join("\n\n", getSentences());
    }

    private static String pipe(String name, KnownResync resync) {
        Optional<Pipe> pipe = definition(name, resync);
        if (pipe.isEmpty()) {
            return resync.pattern()
                    .map(pattern -> Messages.ResyncQuestion_UnknownSome(name, pattern))
                    .orElseGet(() -> Messages.ResyncQuestion_Unknown(name));
        }
        String rules = rules(pipe.get().getTables());
        String sentence = resync.pattern()
                .map(pattern -> Messages.ResyncQuestion_PipeSome(name, pattern, rules))
                .orElseGet(() -> Messages.ResyncQuestion_Pipe(name, rules));
        return resync.tables() > 0 ? sentence + Messages.ResyncQuestion_Count(resync.tables()) : sentence + ".";
    }

    private static Optional<Pipe> definition(String name, KnownResync resync) {
        return resync.definition().or(() -> ClickPipesConfiguration.get().pipe(name));
    }

    private static String rules(List<TableRule> rules) {
        String first =
                rules.stream().limit(MOST_RULES).map(TableRule::getSource).collect(Collectors.joining(", "));
        return rules.size() > MOST_RULES ? Messages.ResyncQuestion_MoreRules(first, rules.size() - MOST_RULES) : first;
    }

    private static boolean keepsOriginalLive(String name, KnownResync resync) {
        return resync.keepOriginalLive()
                .or(() ->
                        definition(name, resync).map(Pipe::getSettings).map(settings -> settings.getKeepOriginalLive()))
                .orElse(false);
    }
}
