package io.jenkins.plugins.clickpipe.testbed.benchmark;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The source's floor: as many sessions as workers read ranges of the table by COPY and drop the bytes. */
public final class CopyToNowhere {
    private CopyToNowhere() {}

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        List<Callable<Void>> parts = new ArrayList<>();
        for (int worker = 0; worker < task.workers(); worker++) {
            Connection session = task.connectToPostgres();
            String sql = "COPY (SELECT " + task.get("columns") + " FROM " + task.get("table") + " WHERE "
                    + task.blockRange(worker) + ") TO STDOUT";
            parts.add(() -> {
                CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
                while (copy.readFromCopy() != null) {
                    // the bytes are all that is wanted
                }
                session.close();
                return null;
            });
        }
        task.time(parts);
    }
}
