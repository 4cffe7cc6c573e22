package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Records of JSON as they lie in answers of interfaces and in files put one behind another.
class WrappedJsonTest {
    private static final String MARK = "\uFEFF";

    private static ReadEvents read(String text) {
        return ReadEvents.of("answer.json", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String signIn(String user) {
        return "{\"id\":\"1-" + user + "\",\"createdDateTime\":\"2019-03-04T05:06:07Z\",\"userPrincipalName\":\"" + user
                + "@example.org\",\"appDisplayName\":\"Portal\",\"ipAddress\":\"192.0.2.7\","
                + "\"status\":{\"errorCode\":0}}";
    }

    private static void signIns(int count, String text) {
        ReadEvents read = read(text);
        assertEquals(List.of(), read.rejects());
        assertEquals(Collections.nCopies(count, "azure-signin"), read.sources());
    }

    @Test
    void recordsBehindWhatAnAnswerSaysOfItselfAreReadOneByOne() {
        String answer = "{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns\","
                + "\"@odata.nextLink\":\"https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=\\\"["
                + "x".repeat(3000) + "\",\"@odata.count\":2,\"value\":[" + signIn("a") + "," + signIn("b") + "]}";
        signIns(2, answer);
        signIns(4, answer + "\n" + answer + "\n");
        signIns(2, answer.replace(",\"", ",\n  \"").replace(":[", ": [\n"));
        signIns(0, answer.substring(0, answer.indexOf(":[") + 2) + "]}");
    }

    @Test
    void whatStandsBehindTheRecordsIsNoRecord() {
        signIns(1, "{\"value\":[" + signIn("a") + "],\"@odata.nextLink\":\"x\"}");
        signIns(
                2,
                "{\"@odata.context\":\"x\",\"value\":[" + signIn("a") + "],\"more\":[{\"a\":1}]}\n{\"value\":["
                        + signIn("b") + "]}");
    }

    @Test
    void anObjectOfItsOwnThatHoldsAListIsNoWrapper() {
        ReadEvents read =
                read("{\"@odata.context\":\"x\",\"id\":\"7\",\"alerts\":[{\"name\":\"a\"},{\"name\":\"b\"}]}\n");
        assertEquals(List.of("generic-json"), read.sources());
        read = read("{\"kind\":\"audit\",\"user\":\"jane\",\"events\":[{\"name\":\"a\"},{\"name\":\"b\"}]}\n");
        assertEquals(List.of("generic-json"), read.sources());
    }

    @Test
    void aByteOrderMarkInTheMiddleCostsNoRecord() {
        signIns(2, signIn("a") + "\n" + MARK + signIn("b") + "\n");
        String indented = signIn("a").replace(",\"", ",\n  \"");
        signIns(2, indented + "\n" + MARK + indented + "\n");
        ReadEvents read = read("Mar  4 05:06:07 host sshd[1]: Invalid user a from 192.0.2.7 port 22\n" + MARK
                + "Mar  4 05:06:08 host sshd[2]: Invalid user b from 192.0.2.7 port 22\n");
        assertEquals(List.of("auth-log", "auth-log"), read.sources());
        assertEquals(
                "b",
                JsonMapper.builder()
                        .build()
                        .readTree(read.events().getLast())
                        .at("/user/name")
                        .asString());
    }
}
