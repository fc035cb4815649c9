package io.jenkins.plugins.clickpipe.jobs;

import static java.util.Objects.requireNonNull;

import hudson.model.Job;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What somebody is asked before a job's resync: which pipes and tables, and what readers will see. */
public final class ResyncQuestion {
    private static final int MOST_RULES = 5;

    private final Job<?, ?> job;
    private final Map<String, Integer> tables;

    ResyncQuestion(Job<?, ?> job) {
        this.job = requireNonNull(job);
        this.tables = ResyncJobs.get().tables(job);
    }

    public String getTitle() {
        String names = String.join(", ", tables.keySet());
        return tables.size() == 1 ? Messages.ResyncQuestion_Title(names) : Messages.ResyncQuestion_Titles(names);
    }

    /** One about each pipe, then what happens. */
    public List<String> getSentences() {
        List<String> sentences = new ArrayList<>();
        tables.forEach((name, count) -> sentences.add(pipe(name, count)));
        sentences.add(Messages.ResyncQuestion_Load(job.getFullDisplayName()));
        boolean allLive = tables.keySet().stream().allMatch(ResyncQuestion::keepsOriginalLive);
        sentences.add(allLive ? Messages.ResyncQuestion_ReadersLive() : Messages.ResyncQuestion_Readers());
        return sentences;
    }

    /** The sentences as one text, with an empty line between them. */
    public String getMessage() {
        return String.join("\n\n", getSentences());
    }

    private static String pipe(String name, int count) {
        Optional<Pipe> pipe = ClickPipesConfiguration.get().pipe(name);
        if (pipe.isEmpty()) {
            return Messages.ResyncQuestion_Unknown(name);
        }
        String rules = rules(pipe.get().getTables());
        return count > 0
                ? Messages.ResyncQuestion_PipeWithTables(name, rules, count)
                : Messages.ResyncQuestion_Pipe(name, rules);
    }

    private static String rules(List<TableRule> rules) {
        String first =
                rules.stream().limit(MOST_RULES).map(TableRule::getSource).collect(Collectors.joining(", "));
        return rules.size() > MOST_RULES ? Messages.ResyncQuestion_MoreRules(first, rules.size() - MOST_RULES) : first;
    }

    private static boolean keepsOriginalLive(String pipe) {
        return ClickPipesConfiguration.get()
                .pipe(pipe)
                .map(Pipe::getSettings)
                .map(settings -> Boolean.TRUE.equals(settings.getKeepOriginalLive()))
                .orElse(false);
    }
}
