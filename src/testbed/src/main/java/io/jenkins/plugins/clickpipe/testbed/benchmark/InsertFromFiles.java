package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The target's floor: as many threads as workers post TabSeparated files, one insert a file. */
public final class InsertFromFiles {
    private InsertFromFiles() {}

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        String query = "INSERT INTO " + task.get("target") + " (" + task.get("columns") + ") FORMAT TabSeparated";
        URI uri = URI.create(task.get("clickHouseUrl") + "/?database=" + task.get("database") + "&query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
        // the client's own start is not ClickHouse's
        client.send(
                HttpRequest.newBuilder(URI.create(task.get("clickHouseUrl") + "/ping"))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        List<Callable<Void>> parts = new ArrayList<>();
        for (int i = 0; i < Arena.FILES; i++) {
            Path file = Path.of(task.get("directory")).resolve(task.get("table") + "-" + i + ".tsv");
            parts.add(() -> {
                HttpRequest request = HttpRequest.newBuilder(uri)
                        .header("X-ClickHouse-User", task.get("clickHouseUser"))
                        .header("X-ClickHouse-Key", task.get("clickHousePassword"))
                        .POST(HttpRequest.BodyPublishers.ofFile(file))
                        .build();
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    throw new TestbedException("ClickHouse: " + response.body());
                }
                return null;
            });
        }
        task.time(parts);
        // the client's selector thread would keep the JVM for a while
        System.exit(0);
    }
}
