package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.OcsfChecker.Rule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class OcsfCheckerTest {
    private static final JsonMapper JSON = new JsonMapper();

    /// A DNS answer that holds to every rule, and uses most of what the rules speak of.
    private static final String DNS = """
            {"class_uid":4003,"class_name":"DNS Activity","category_uid":4,"category_name":"Network Activity",
             "activity_id":2,"activity_name":"Response","type_uid":400302,"type_name":"DNS Activity: Response",
             "severity_id":1,"severity":"Informational","time":1571221800123,"time_dt":"2019-10-16T10:30:00.123Z",
             "metadata":{"version":"1.8.0","profiles":["datetime","security_control"],
                         "product":{"name":"Zeek","vendor_name":"Zeek"}},
             "src_endpoint":{"ip":"192.0.2.7","port":53211,"mac":"00:00:5e:00:53:01","intermediate_ips":["2001:db8::1"]},
             "dst_endpoint":{"ip":"2001:db8::53","port":53},
             "query":{"hostname":"www.example.org","type":"A","opcode_id":0},
             "answers":[{"rdata":"198.51.100.4","ttl":60,"flag_ids":[1,3],"flags":["Authoritative Answer","Recursion Desired"]},
                        {"rdata":"198.51.100.5","ttl":60}],
             "rcode_id":0,"rcode":"NoError","action_id":99,"action":"sinkholed","status_id":1,"status":"Success",
             "observables":[{"name":"src_endpoint.ip","type_id":2,"type":"IP Address","value":"192.0.2.7"},
                            {"name":"src_endpoint.port","type_id":11,"type":"Port","value":"53211"},
                            {"name":"answers[1].rdata","type_id":2,"value":"198.51.100.5"},
                            {"name":"answers.rdata","type_id":2,"value":"198.51.100.4"},
                            {"name":"dst_endpoint","type_id":20}],
             "unmapped":{"Z":true,"nested":{"a":[1,"b",null]}}}
            """;

    private OcsfChecker checker;

    @BeforeEach
    void schemaAtHand() {
        checker = OcsfChecker.get();
    }

    @Test
    void aRightEventHasNoViolation() {
        assertEquals(List.of(), checker.check(DNS));
    }

    /// Each row puts one value (none: takes it out) into the right event and names the violations that must
    /// follow, and only those.
    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
                    /nonsense                    | 1                        | UNKNOWN_ATTRIBUTE nonsense
                    /src_endpoint/ipp            | "x"                      | UNKNOWN_ATTRIBUTE src_endpoint.ipp
                    /answers/1/x                 | "x"                      | UNKNOWN_ATTRIBUTE answers[1].x
                    /unmapped/anything           | {"x":{"y":[]}}           |
                    /class_uid                   | 4999                     | UNKNOWN_CLASS class_uid
                    /class_uid                   | "4003"                   | UNKNOWN_CLASS class_uid
                    /class_uid                   | none                     | UNKNOWN_CLASS class_uid
                    /time                        | none                     | MISSING time
                    /time                        | null                     | MISSING time
                    /metadata                    | none                     | MISSING metadata, PROFILE_NOT_NAMED action, PROFILE_NOT_NAMED action_id, PROFILE_NOT_NAMED time_dt
                    /metadata/product            | none                     | MISSING metadata.product
                    /metadata/version            | none                     | MISSING metadata.version
                    /metadata/version            | "1.7.0"                  | VERSION metadata.version
                    /query/hostname              | none                     | MISSING query.hostname
                    /answers/0/rdata             | none                     | MISSING answers[0].rdata, OBSERVABLE observables[3].value
                    /src_endpoint/port           | "53211"                  | WRONG_TYPE src_endpoint.port
                    /src_endpoint/port           | 53211.5                  | WRONG_TYPE src_endpoint.port, OBSERVABLE observables[1].value
                    /src_endpoint/port           | 65536                    | RANGE src_endpoint.port, OBSERVABLE observables[1].value
                    /src_endpoint/port           | -1                       | RANGE src_endpoint.port, OBSERVABLE observables[1].value
                    /answers/0/ttl               | 99999999999999999999     | RANGE answers[0].ttl
                    /src_endpoint                | "192.0.2.7"              | WRONG_TYPE src_endpoint, OBSERVABLE observables[0].name, OBSERVABLE observables[1].name
                    /src_endpoint                | []                       | ARRAY src_endpoint, OBSERVABLE observables[0].name, OBSERVABLE observables[1].name
                    /answers                     | {"rdata":"198.51.100.4"} | ARRAY answers, OBSERVABLE observables[2].value
                    /answers/0                   | 7                        | WRONG_TYPE answers[0], OBSERVABLE observables[3].value
                    /src_endpoint/intermediate_ips | "2001:db8::1"          | ARRAY src_endpoint.intermediate_ips
                    /src_endpoint/intermediate_ips/0 | null                 | WRONG_TYPE src_endpoint.intermediate_ips[0]
                    /query/type                  | 1                        | WRONG_TYPE query.type
                    /query/type                  | ["A"]                    | ARRAY query.type
                    /is_alert                    | true                     |
                    /is_alert                    | 1                        | WRONG_TYPE is_alert
                    /severity_id                 | 12                       | UNKNOWN_VALUE severity_id
                    /severity                    | "High"                   | SIBLING severity
                    /activity_name               | "Query"                  | SIBLING activity_name
                    /rcode                       | "sinkholed"              | SIBLING rcode
                    /action                      | "Other"                  |
                    /answers/0/flags/1           | "Truncated Response"     | SIBLING answers[0].flags[1]
                    /answers/0/flags             | ["Authoritative Answer"] | SIBLING answers[0].flags[1]
                    /answers/0/flag_ids/0        | 77                       | UNKNOWN_VALUE answers[0].flag_ids[0]
                    /category_uid                | 3                        | UIDS category_uid, UNKNOWN_VALUE category_uid
                    /type_uid                    | 400301                   | UIDS type_uid, SIBLING type_name
                    /type_uid                    | 300202                   | UIDS type_uid, UNKNOWN_VALUE type_uid
                    /activity_id                 | 1                        | UIDS type_uid, SIBLING activity_name
                    /src_endpoint/ip             | "192.0.2.700"            | PATTERN src_endpoint.ip, OBSERVABLE observables[0].value
                    /dst_endpoint/ip             | "host.example"           | PATTERN dst_endpoint.ip
                    /dst_endpoint/ip             | "2001:db8:::1"           | PATTERN dst_endpoint.ip
                    /dst_endpoint/ip             | "fe80::1%eth0"           |
                    /dst_endpoint/ip             | ""                       | PATTERN dst_endpoint.ip
                    /dst_endpoint/ip             | "0000:0000:0000:0000:0000:ffff:192.168.100.228" | RANGE dst_endpoint.ip
                    /src_endpoint/mac            | "00005e005301"           | PATTERN src_endpoint.mac
                    /time_dt                     | "2019-10-16 10:30:00"    | PATTERN time_dt
                    /time                        | 1571221800               | TIME time
                    /time                        | 1571221800123456         | TIME time
                    /time                        | -99999999999999          | TIME time
                    /time                        | 5000                     |
                    /time                        | "2019-10-16T10:30:00Z"   | WRONG_TYPE time
                    /start_time                  | 1571221800               | TIME start_time
                    /metadata/profiles           | ["security_control"]     | PROFILE_NOT_NAMED time_dt
                    /metadata/profiles           | ["datetime"]             | PROFILE_NOT_NAMED action, PROFILE_NOT_NAMED action_id
                    /metadata/profiles/0         | "date_time"              | PROFILE_NOT_NAMED time_dt, UNKNOWN_PROFILE metadata.profiles[0]
                    /metadata/profiles/1         | "incident"               | PROFILE_NOT_NAMED action, PROFILE_NOT_NAMED action_id, UNKNOWN_PROFILE metadata.profiles[1]
                    /metadata/profiles/1         | "cloud"                  | MISSING cloud, PROFILE_NOT_NAMED action, PROFILE_NOT_NAMED action_id
                    /metadata/product            | {"version":"6"}          | CONSTRAINT metadata.product
                    /src_endpoint                | {"port":53211}           | CONSTRAINT src_endpoint, OBSERVABLE observables[0].name
                    /observables/0/name          | "src_endpoint.hostname"  | OBSERVABLE observables[0].name
                    /observables/0/value         | "192.0.2.8"              | OBSERVABLE observables[0].value
                    /observables/0/type_id       | 1                        | OBSERVABLE observables[0].type_id, SIBLING observables[0].type
                    /observables/0/type_id       | none                     | MISSING observables[0].type_id
                    /observables/2/name          | "answers[0].rdata"       | OBSERVABLE observables[2].value
                    /observables/2/name          | "answers[9].rdata"       | OBSERVABLE observables[2].name
                    /observables/2/name          | "answers[].rdata"        |
                    /observables/4/value         | "192.0.2.7"              | OBSERVABLE observables[4].value
                    /observables/4/type_id       | 24                       | OBSERVABLE observables[4].type_id
                    """)
    void oneWrongValueIsFoundAndNothingElse(String pointer, String value, String expected) {
        ObjectNode event = (ObjectNode) JSON.readTree(DNS);
        set(event, pointer, value);
        Set<String> wanted = new TreeSet<>(expected == null ? List.of() : List.of(expected.split(", ")));
        Set<String> found = new TreeSet<>();
        List<OcsfChecker.Violation> all = checker.check(event);
        all.forEach(v -> found.add(v.rule() + " " + v.path()));
        assertEquals(wanted, found, all::toString);
    }

    private static void set(ObjectNode event, String pointer, String value) {
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = event.at(pointer.substring(0, slash));
        String name = pointer.substring(slash + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), JSON.readTree(value));
        } else if (value == null) {
            ((ObjectNode) parent).remove(name);
        } else {
            ((ObjectNode) parent).set(name, JSON.readTree(value));
        }
    }

    @Test
    void aConstraintOfTheClassNeedsOneOfItsAttributes() {
        ObjectNode event = (ObjectNode) JSON.readTree(DNS);
        event.remove(List.of("src_endpoint", "dst_endpoint", "observables"));
        assertEquals(
                "[CONSTRAINT : dns_activity demands at least one of [dst_endpoint, src_endpoint], not 0]",
                checker.check(event).toString());
    }

    @Test
    void aConstraintForJustOneIsBrokenByTwo() {
        String event = """
                {"class_uid":5022,"category_uid":5,"activity_id":1,"type_uid":502201,"severity_id":1,"time":1571221800123,
                 "metadata":{"version":"1.8.0","product":{"name":"x"}},"query_result_id":1,
                 "startup_item":{"name":"run","start_type_id":1,"job":{"name":"j","file":{"name":"j","type_id":1}}%s}}
                """;
        assertEquals(List.of(), checker.check(event.formatted("")));
        assertEquals(
                "[CONSTRAINT startup_item: startup_item demands just one of [driver, job, process, win_service], not 2]",
                checker.check(event.formatted(",\"process\":{\"pid\":4}")).toString());
    }

    @Test
    void aConstraintMayNameAPathInside() {
        String event = """
                {"class_uid":5004,"category_uid":5,"activity_id":1,"type_uid":500401,"severity_id":1,"time":1571221800123,
                 "metadata":{"version":"1.8.0","product":{"name":"x"}},
                 "device":{"type_id":1,"hostname":"h","os":{"name":"n","type_id":100%s}}}
                """;
        assertEquals(List.of(), checker.check(event.formatted(",\"version\":\"11\"")));
        assertEquals(
                Rule.CONSTRAINT, checker.check(event.formatted("")).getFirst().rule());
    }

    @Test
    void wordsOfAnEnumerationAreCheckedAsNumbersAre() {
        String event = """
                {"class_uid":4002,"category_uid":4,"activity_id":3,"type_uid":400203,"severity_id":1,"time":1571221800123,
                 "metadata":{"version":"1.8.0","product":{"name":"x"}},"src_endpoint":{"ip":"192.0.2.1"},
                 "http_request":{"http_method":"%s"}}
                """;
        assertEquals(List.of(), checker.check(event.formatted("GET")));
        List<OcsfChecker.Violation> found = checker.check(event.formatted("get"));
        assertEquals(1, found.size());
        assertEquals(Rule.UNKNOWN_VALUE, found.getFirst().rule());
        assertEquals("http_request.http_method", found.getFirst().path());
    }

    @Test
    void textThatIsNoObjectOrHasAMemberTwiceIsNoEvent() {
        for (String text : List.of("", "[]", "7", "{", "{\"class_uid\":4003,\"class_uid\":4003}", DNS + DNS)) {
            assertEquals(
                    List.of(Rule.NOT_JSON),
                    checker.check(text).stream()
                            .map(OcsfChecker.Violation::rule)
                            .toList(),
                    text);
        }
    }

    @Test
    void demandCountsAlikeFaultsOnceWithTheirFirstEvent() {
        checker.demand(List.of(DNS, DNS));
        String wrong = DNS.replace("\"ttl\":60", "\"ttl\":\"60\"");
        AssertionError e = assertThrows(AssertionError.class, () -> checker.demand(List.of(DNS, wrong, wrong)));
        assertTrue(e.getMessage().contains("4 of 3: WRONG_TYPE answers[].ttl"), e.getMessage());
    }

    @Test
    void aLongTextIsCheckedWithoutFail() {
        ObjectNode event = (ObjectNode) JSON.readTree(DNS);
        event.put("message", "x".repeat(1_000_000));
        ((ObjectNode) event.get("dst_endpoint")).put("ip", "1".repeat(1_000_000));
        assertFalse(checker.check(event).isEmpty());
    }
}
