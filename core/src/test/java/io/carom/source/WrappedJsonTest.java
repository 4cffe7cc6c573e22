package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.Reject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Records of JSON as they lie in answers of interfaces and in files put one behind another.
class WrappedJsonTest {
    private static final String MARK = "\uFEFF";

    private static final JsonMapper JSON = JsonMapper.builder().build();

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
                "b", JSON.readTree(read.events().getLast()).at("/user/name").asString());
    }

    /// `aws cloudtrail lookup-events` answers with each record as text.
    @Test
    void aRecordOfCloudTrailThatStandsAsTextIsRead() {
        String record =
                "{\"eventVersion\":\"1.08\",\"eventTime\":\"2019-03-04T05:06:07Z\",\"eventSource\":\"iam.amazonaws.com\","
                        + "\"eventName\":\"CreateUser\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"192.0.2.7\","
                        + "\"eventType\":\"AwsApiCall\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"jane\"},"
                        + "\"requestParameters\":{\"userName\":\"mallory\"}}";
        ReadEvents read =
                read("{\"Events\":[{\"EventId\":\"7\",\"EventName\":\"CreateUser\",\"EventTime\":1551675967.0,"
                        + "\"Username\":\"jane\",\"CloudTrailEvent\":" + JSON.writeValueAsString(record)
                        + "},{\"EventId\":\"8\",\"CloudTrailEvent\":\"{cut\"}]}");
        assertEquals(List.of("cloudtrail"), read.sources());
        JsonNode event = JSON.readTree(read.events().getFirst());
        assertEquals(3001, event.at("/class_uid").asInt());
        assertEquals("mallory", event.at("/user/name").asString());
        assertEquals("jane", event.at("/actor/user/name").asString());
        assertEquals(1551675967000L, event.at("/time").asLong());
        assertEquals(
                List.of("expected a record of CloudTrail as JSON in CloudTrailEvent"),
                read.rejects().stream().map(Reject::reason).toList());
    }

    /// `Search-UnifiedAuditLog` gives each record as text in `AuditData`, Graph's audit log query below
    /// `auditData`.
    @Test
    void aRecordOfTheUnifiedAuditLogIsReadWhereItLies() {
        String record = "{\"CreationTime\":\"2019-03-04T05:06:07\",\"Id\":\"a\",\"Operation\":\"UserLoginFailed\","
                + "\"OrganizationId\":\"o\",\"RecordType\":15,\"Workload\":\"AzureActiveDirectory\","
                + "\"UserId\":\"jane@example.org\",\"ClientIP\":\"192.0.2.7\"}";
        String searched =
                "{\"RecordType\":\"AzureActiveDirectoryStsLogon\",\"CreationDate\":\"\\/Date(1551675967000)\\/\","
                        + "\"UserIds\":\"jane@example.org\",\"Operations\":\"UserLoginFailed\",\"AuditData\":"
                        + JSON.writeValueAsString(record) + "}";
        String asked =
                "{\"@odata.context\":\"x\",\"value\":[{\"id\":\"a\",\"createdDateTime\":\"2019-03-04T05:06:07Z\","
                        + "\"operation\":\"UserLoginFailed\",\"clientIp\":\"192.0.2.7\",\"auditData\":" + record
                        + "}]}";
        for (String text : List.of(record, searched, "[" + searched + "]", asked)) {
            ReadEvents read = read(text);
            assertEquals(List.of(), read.rejects(), text);
            assertEquals(List.of("microsoft-365"), read.sources(), text);
            JsonNode event = JSON.readTree(read.events().getFirst());
            assertEquals(3002, event.at("/class_uid").asInt(), text);
            assertEquals(2, event.at("/status_id").asInt(), text);
            assertEquals("jane@example.org", event.at("/user/name").asString(), text);
            assertEquals("192.0.2.7", event.at("/src_endpoint/ip").asString(), text);
            assertEquals(1551675967000L, event.at("/time").asLong(), text);
        }
    }
}
