package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.Message.Column;
import io.jenkins.plugins.clickpipe.engine.changes.Message.OldTuple;
import io.jenkins.plugins.clickpipe.engine.changes.Message.ReplicaIdentity;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.replication.LogSequenceNumber;

class PgOutputDecoderTest {
    private static final String LSN = "00000001 80000008";
    private static final LogSequenceNumber LSN_VALUE = LogSequenceNumber.valueOf("1/80000008");
    /** 86,400.5 s after 2000-01-01. */
    private static final String TIME = "00000014 1ddf0120";

    private static final Instant TIME_VALUE = Instant.parse("2000-01-02T00:00:00.5Z");

    @Test
    void readsBeginAndCommit() {
        assertThat(decode("B", LSN, TIME, "fffffffe")).isEqualTo(new Message.Begin(LSN_VALUE, TIME_VALUE, 4294967294L));
        assertThat(decode("C", "00", LSN, "00000001 80000040", TIME))
                .isEqualTo(new Message.Commit(LSN_VALUE, LogSequenceNumber.valueOf("1/80000040"), TIME_VALUE));
    }

    @Test
    void readsOriginAndTypeAndEmittedMessages() {
        assertThat(decode("O", LSN, "=other", "00")).isEqualTo(new Message.Origin(LSN_VALUE, "other"));
        assertThat(decode("Y", "00004001", "=public", "00", "=mood", "00"))
                .isEqualTo(new Message.Type(16385, "public", "mood"));
        assertThat(decode("M", "01", LSN, "=prefix", "00", "00000001", "=x"))
                .isEqualTo(new Message.Emitted(true, LSN_VALUE, "prefix"));
    }

    @Test
    void readsARelationWithItsKeyTypesAndModifiers() {
        Message message = decode(
                "R",
                "80000001",
                "=Ünsal",
                "00",
                "=Orders",
                "00",
                "=d",
                "0002",
                "01",
                "=id",
                "00",
                "00000017",
                "ffffffff",
                "00",
                "=price",
                "00",
                "000006a4",
                "000a0006");

        assertThat(message)
                .isEqualTo(new Message.Relation(
                        2147483649L,
                        "Ünsal",
                        "Orders",
                        ReplicaIdentity.DEFAULT,
                        List.of(new Column("id", true, 23, -1), new Column("price", false, 1700, 655366))));
    }

    @Test
    void anEmptySchemaIsTheSystemCatalog() {
        assertThat(decode("R", "00000001", "00", "=t", "00", "=f", "0000"))
                .isEqualTo(new Message.Relation(1, "pg_catalog", "t", ReplicaIdentity.FULL, List.of()));
    }

    @Test
    void readsAnInsertWithNullUnchangedAndEmptyValues() {
        assertThat(decode("I", "00000001", "=N", "0004", "=n", "=u", "=t", "00000000", "=t", "00000003", "=é1"))
                .isEqualTo(new Message.Insert(1, List.of(Value.NULL, Value.MISSING, Value.text(""), Value.text("é1"))));
    }

    @Test
    void readsUpdatesWithoutAndWithAnOldKeyOrRow() {
        List<Value> row = List.of(Value.text("2"));
        assertThat(decode("U", "00000001", "=N", "0001", "=t", "00000001", "=2"))
                .isEqualTo(new Message.Update(1, Optional.empty(), row));
        assertThat(decode("U", "00000001", "=K", "0001", "=t", "00000001", "=1", "=N", "0001", "=t", "00000001", "=2"))
                .isEqualTo(new Message.Update(1, Optional.of(new OldTuple(false, List.of(Value.text("1")))), row));
        assertThat(decode("U", "00000001", "=O", "0001", "=n", "=N", "0001", "=t", "00000001", "=2"))
                .isEqualTo(new Message.Update(1, Optional.of(new OldTuple(true, List.of(Value.NULL))), row));
    }

    @Test
    void readsDeletesByKeyAndByWholeRow() {
        assertThat(decode("D", "00000001", "=K", "0001", "=t", "00000001", "=1"))
                .isEqualTo(new Message.Delete(1, new OldTuple(false, List.of(Value.text("1")))));
        assertThat(decode("D", "00000001", "=O", "0001", "=n"))
                .isEqualTo(new Message.Delete(1, new OldTuple(true, List.of(Value.NULL))));
    }

    @Test
    void readsTruncateWithItsOptions() {
        assertThat(decode("T", "00000002", "03", "00000001", "00000002"))
                .isEqualTo(new Message.Truncate(List.of(1L, 2L), true, true));
        assertThat(decode("T", "00000001", "00", "00000001"))
                .isEqualTo(new Message.Truncate(List.of(1L), false, false));
    }

    @Test
    void readsHowTransactionsAreStreamed() {
        assertThat(decode("S", "80000002", "01")).isEqualTo(new Message.StreamStart(2147483650L, true));
        assertThat(decode("S", "00000002", "00")).isEqualTo(new Message.StreamStart(2, false));
        assertThat(decode("E")).isEqualTo(new Message.StreamStop());
        assertThat(decode("A", "00000002", "00000005")).isEqualTo(new Message.StreamAbort(2, 5, Optional.empty()));
        assertThat(decode("A", "00000002", "00000005", LSN, TIME))
                .isEqualTo(new Message.StreamAbort(2, 5, Optional.of(new Message.Rollback(LSN_VALUE, TIME_VALUE))));
        assertThat(decode("c", "00000002", "00", LSN, "00000001 80000040", TIME))
                .isEqualTo(new Message.StreamCommit(2, LSN_VALUE, LogSequenceNumber.valueOf("1/80000040"), TIME_VALUE));
    }

    @Test
    void readsTheTwoPhasesOfATransaction() {
        LogSequenceNumber end = LogSequenceNumber.valueOf("1/80000040");
        String[] rest = {LSN, "00000001 80000040", TIME, "80000002", "=gid é", "00"};
        long xid = 2147483650L;

        assertThat(decode("b", rest)).isEqualTo(new Message.BeginPrepare(LSN_VALUE, end, TIME_VALUE, xid, "gid é"));
        assertThat(decode("P", flagged(rest))).isEqualTo(new Message.Prepare(LSN_VALUE, end, TIME_VALUE, xid, "gid é"));
        assertThat(decode("p", flagged(rest)))
                .isEqualTo(new Message.StreamPrepare(LSN_VALUE, end, TIME_VALUE, xid, "gid é"));
        assertThat(decode("K", flagged(rest)))
                .isEqualTo(new Message.CommitPrepared(LSN_VALUE, end, TIME_VALUE, xid, "gid é"));
        assertThat(decode("r", "00", LSN, "00000001 80000040", TIME, "00000000 00000000", "80000002", "=gid", "00"))
                .isEqualTo(new Message.RollbackPrepared(
                        LSN_VALUE, end, TIME_VALUE, Instant.parse("2000-01-01T00:00:00Z"), xid, "gid"));
    }

    private static String[] flagged(String[] rest) {
        return Stream.concat(Stream.of("00"), Stream.of(rest)).toArray(String[]::new);
    }

    @Test
    void onlyMessagesAboutUncommittedTransactionsAreRecognisedAsSuch() {
        for (String about : List.of("=S", "=E", "=A", "=c", "=b", "=P", "=p", "=K", "=r")) {
            assertThat(PgOutputDecoder.isAboutUncommitted(bytes(about))).isTrue();
        }
        for (String other : List.of("=B", "=C", "=O", "=R", "=Y", "=I", "=U", "=D", "=T", "=M")) {
            assertThat(PgOutputDecoder.isAboutUncommitted(bytes(other))).isFalse();
        }
        assertThat(PgOutputDecoder.isAboutUncommitted(bytes())).isFalse();
    }

    @Test
    void aStreamedMessageNamesItsTransactionAndIsOtherwiseAsAnyOther() {
        ByteBuffer message = bytes("=I", "fffffffe", "00000001", "=N", "0001", "=t", "00000001", "=1");
        assertThat(PgOutputDecoder.takeStreamedXid(message)).isEqualTo(4294967294L);
        assertThat(PgOutputDecoder.decode(message)).isEqualTo(new Message.Insert(1, List.of(Value.text("1"))));

        ByteBuffer origin = bytes("=O", LSN, "=other", "00");
        PgOutputDecoder.takeStreamedXid(origin);
        assertThat(PgOutputDecoder.decode(origin)).isEqualTo(new Message.Origin(LSN_VALUE, "other"));

        assertThatThrownBy(() -> PgOutputDecoder.takeStreamedXid(bytes("=I", "0000")))
                .hasMessageContaining("ends too early");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"=Z", "=I00000001=X0000", "=D00000001=N0000", "=R0000000100=t00=x0000", "=I00000001=N0001=b"})
    void refusesWhatTheProtocolDoesNotKnow(String message) {
        String[] parts = message.split("(?==)|(?<==.)");
        assertThatThrownBy(() -> PgOutputDecoder.decode(bytes(parts)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("PostgreSQL sent");
    }

    @Test
    void everyMessageThatEndsTooEarlyIsRefused() {
        byte[] whole = bytes(
                        "=U", "00000001", "=K", "0001", "=t", "00000001", "=1", "=N", "0001", "=t", "00000001", "=2")
                .array();
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> PgOutputDecoder.decode(cut))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("ends too early");
        }
    }

    private static Message decode(String tag, String... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(tag.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(bytes(parts).array());
        ByteBuffer whole = ByteBuffer.wrap(out.toByteArray());
        return PgOutputDecoder.decode(whole);
    }

    /** Parts are hexadecimal, or text after an equals sign. */
    private static ByteBuffer bytes(String... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String part : parts) {
            out.writeBytes(
                    part.startsWith("=")
                            ? part.substring(1).getBytes(StandardCharsets.UTF_8)
                            : HexFormat.of().parseHex(part.replace(" ", "")));
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
