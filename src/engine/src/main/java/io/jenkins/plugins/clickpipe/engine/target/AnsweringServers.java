package io.jenkins.plugins.clickpipe.engine.target;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Asks all servers that answer at one URL, over several new connections. Behind a balancer a read may go to another replica than the write before
 * it and lack what was written, so whoever relies on reading its own writes must know.
 */
final class AnsweringServers {
    private static final int CONNECTIONS = 5;
    /** Some balancers change with each connection, others with each request. */
    private static final int QUESTIONS_EACH = 2;

    private final Supplier<Client> clients;
    private final Map<String, String> settings;

    /**
     * @param clients makes a client with connections of its own
     * @param settings of the question
     */
    AnsweringServers(Supplier<Client> clients, Map<String, String> settings) {
        this.clients = Objects.requireNonNull(clients);
        this.settings = Map.copyOf(settings);
    }

    /** Asks a question of a client. */
    interface Question {
        String apply(Client client) throws Exception;
    }

    /** Asks it again while the fault may pass. */
    interface Asking {
        String ask(Client client, Question question);
    }

    /** The different answers to a question that has one text for an answer. */
    SortedSet<String> ask(String question, Asking asking) {
        SortedSet<String> answers = new TreeSet<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            try (Client client = clients.get()) {
                for (int j = 0; j < QUESTIONS_EACH; j++) {
                    answers.add(asking.ask(client, asked -> answer(asked, question)));
                }
            }
        }
        return answers;
    }

    private String answer(Client client, String question) throws Exception {
        QuerySettings asked = new QuerySettings().setFormat(ClickHouseFormat.TabSeparated);
        settings.forEach(asked::serverSetting);
        try (QueryResponse response = client.query(question, asked).get()) {
            return new String(response.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
