package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.OcsfPath.Each;
import io.carom.event.OcsfPath.Index;
import io.carom.event.OcsfPath.Where;
import io.carom.event.OcsfPath.Whole;
import io.carom.text.EditDistance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OcsfSchemaTest {
    private final OcsfSchema schema = OcsfSchema.get();
    private final OcsfClass dns = schema.byName("dns_activity");

    @Test
    void aClassKnowsItsNumbersAndCaptions() {
        assertSame(dns, schema.byUid(4003));
        assertEquals(4003, dns.uid());
        assertEquals("DNS Activity", dns.caption());
        assertEquals(4, dns.categoryUid());
        assertEquals("Network Activity", dns.categoryCaption());
        assertEquals(400301, dns.typeUid(1));
        assertEquals("DNS Activity: Query", dns.typeName(1));
        assertEquals("Response", dns.activityName(2));
        assertNull(dns.activityName(77));
        assertEquals(20100499, schema.byName("windows_service_activity").typeUid(99));
        assertNull(dns.deprecatedSince());
        assertEquals("1.1.0", schema.byName("web_resource_access_activity").deprecatedSince());
    }

    @Test
    void theWholeOfTheSchemaIsThere() {
        assertEquals("1.8.0", schema.version());
        assertEquals(83, schema.classNames().size());
        assertEquals(178, schema.objectNames().size());
        assertEquals(14, schema.profiles().size());
        int attributes = 0;
        for (String name : schema.classNames())
            attributes += schema.byName(name).attributes().size();
        assertEquals(5287, attributes);
        attributes = 0;
        for (String name : schema.objectNames())
            attributes += schema.object(name).attributes().size();
        assertEquals(1916, attributes);
    }

    @Test
    void everyObjectAndSiblingThatIsNamedExists() {
        List<Map<String, OcsfAttribute>> owners = new ArrayList<>();
        for (String name : schema.classNames()) owners.add(schema.byName(name).attributes());
        for (String name : schema.objectNames()) owners.add(schema.object(name).attributes());
        for (Map<String, OcsfAttribute> owner : owners) {
            owner.forEach((name, attribute) -> {
                assertEquals(name, attribute.name());
                if (attribute.objectType() != null) assertNotNull(schema.object(attribute.objectType()));
                if (attribute.sibling() != null) assertTrue(owner.containsKey(attribute.sibling()), name);
                for (String profile : attribute.profiles())
                    assertTrue(schema.profiles().containsKey(profile));
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "src_endpoint.ip, ip_t, STRING, false, 2",
        "src_endpoint.port, port_t, INTEGER, false, 11",
        "src_endpoint.hostname, hostname_t, STRING, false, 1",
        "src_endpoint.mac, mac_t, STRING, false, 3",
        "src_endpoint.intermediate_ips, ip_t, STRING, true, 2",
        "actor.user.name, username_t, STRING, false, 4",
        "actor.user.uid, string_t, STRING, false, 31",
        "actor.user.email_addr, email_t, STRING, false, 5",
        "http_request.url.url_string, url_t, STRING, false, 6",
        "http_request.user_agent, string_t, STRING, false, 16",
        "file.name, file_name_t, STRING, false, 7",
        "file.path, file_path_t, STRING, false, 45",
        "file.hashes[algorithm_id=3].value, file_hash_t, STRING, false, 8",
        "process.name, process_name_t, STRING, false, 9",
        "process.cmd_line, string_t, STRING, false, 13",
        "process.parent_process.pid, integer_t, INTEGER, false, 15",
        "reg_key.path, reg_key_path_t, STRING, false, 46",
        "answers[].rdata, string_t, STRING, false, 0",
        "answers, object_t, JSON, true, 0",
        "query.hostname, hostname_t, STRING, false, 1",
        "time, timestamp_t, TIMESTAMP, false, 0",
        "time_dt, datetime_t, STRING, false, 0",
        "traffic.bytes_out, long_t, LONG, false, 0",
        "is_mfa, boolean_t, BOOLEAN, false, 0",
        "cvss[0].base_score, float_t, FLOAT, false, 0",
        "api.request.data.anything.at.all, json_t, JSON, false, 0",
        "unmapped.whatever, json_t, JSON, false, 0",
    })
    void aPathWithoutAClassGivesTypeKindAndObservable(
            String path, String type, Kind kind, boolean array, int observable) {
        OcsfAttribute found = schema.resolve(path);
        assertAll(
                () -> assertEquals(type, found.type()),
                () -> assertEquals(kind, found.kind()),
                () -> assertEquals(array, found.array()),
                () -> assertEquals(observable, found.observableTypeId()));
    }

    @Test
    void anAttributeOfAClassHasItsOwnRequirementValuesAndSibling() {
        OcsfAttribute activity = schema.path(dns, "activity_id").leaf();
        assertEquals(OcsfRequirement.REQUIRED, activity.requirement());
        assertEquals("activity_name", activity.sibling());
        assertEquals(Map.of(0, "Unknown", 1, "Query", 2, "Response", 6, "Traffic", 99, "Other"), activity.captions());
        assertEquals(
                List.of("security_control"),
                schema.path(dns, "action_id").leaf().profiles());
        assertEquals(
                OcsfRequirement.RECOMMENDED,
                schema.path(dns, "src_endpoint.ip").leaf().requirement());
        assertEquals("1.1.0", schema.path(dns, "proxy").leaf().deprecatedSince());
        assertEquals(40, schema.path(dns, "src_endpoint.ip").leaf().longest());
    }

    @Test
    void captionsAreFoundByNumberWordAndCaption() {
        OcsfEnum severity = schema.resolve("severity_id").values();
        assertNotNull(severity);
        assertEquals("High", severity.caption(4));
        assertEquals("4", severity.value("hIGH"));
        assertNull(severity.caption(1000));
        assertNull(severity.caption(-1));
        OcsfEnum type = dns.attributes().get("type_uid").values();
        assertNotNull(type);
        assertEquals("DNS Activity: Query", type.caption(400301));
        OcsfEnum method = schema.resolve("http_request.http_method").values();
        assertNotNull(method);
        assertTrue(method.has("GET"));
        assertTrue(method.numbers().isEmpty());
        assertTrue(schema.resolve("http_request.http_method").captions().isEmpty());
    }

    @Test
    void constraintsAndObservableIdsOfObjects() {
        assertEquals(
                List.of(new OcsfConstraint(OcsfConstraint.Rule.AT_LEAST_ONE, List.of("dst_endpoint", "src_endpoint"))),
                dns.constraints());
        assertEquals(
                OcsfConstraint.Rule.JUST_ONE,
                schema.object("startup_item").constraints().getFirst().rule());
        assertEquals(24, schema.object("file").observableTypeId());
        assertEquals("IP Address", schema.observableType(2));
        assertEquals("Other", schema.observableType(98765));
        assertTrue(schema.object("object").isFreeForm());
    }

    @Test
    void theRequiredValuesOfAPlaceLeaveOutWhatAProfileBrings() {
        assertEquals(
                Set.of("activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid"), names(dns, ""));
        assertEquals(Set.of("algorithm_id", "value"), names(schema.byName("file_activity"), "file.hashes"));
        assertEquals(Set.of("type_id"), names(schema.byName("file_activity"), "device"));
        assertEquals(Set.of(), names(dns, "query.hostname"));
        assertEquals(Set.of(), names(dns, "no.such"));
    }

    private Set<String> names(OcsfClass of, String path) {
        Set<String> names = new HashSet<>();
        for (OcsfAttribute a : schema.requiredScalars(of, path)) names.add(a.name());
        return names;
    }

    @Test
    void marksAreReadAndCheckedAgainstTheArray() {
        assertInstanceOf(
                Whole.class, schema.path("answers.rdata").steps().get(0).mark());
        assertInstanceOf(
                Each.class, schema.path("answers[].rdata").steps().get(0).mark());
        assertEquals(
                new Index(12), schema.path("answers[12].rdata").steps().get(0).mark());
        assertEquals(
                new Where("algorithm_id", "3"),
                schema.path("file.hashes[algorithm_id=3].value").steps().get(1).mark());
        assertEquals(
                new Where("name", "a.b=c"),
                schema.path("metadata.extensions[name=a.b=c].uid")
                        .steps()
                        .get(1)
                        .mark());
        assertTrue(schema.path("answers.rdata").isMany());
        assertTrue(schema.path("answers[].rdata").isMany());
        assertFalse(schema.path("answers[0].rdata").isMany());
        assertFalse(schema.path("src_endpoint.intermediate_ips").isMany());
        assertTrue(schema.path("src_endpoint.intermediate_ips[]").isMany());
        assertFalse(schema.path("file.hashes[algorithm_id=3].value").isMany());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    src_endpoint.ipp | src_endpoint.ip | 13
                    src_endpont.ip | src_endpoint.ip | 0
                    Src_Endpoint.IP | src_endpoint.ip | 0
                    src.ip | src_endpoint.ip | 0
                    src_ip | src_endpoint.ip | 0
                    dst_port | dst_endpoint.port | 0
                    answer.rdata | answers.rdata | 0
                    answers[].rdat | answers[].rdata | 10
                    query.host | query.hostname | 6
                    metadata.product.vendor | metadata.product.vendor_name | 17
                    """)
    void aWrongPathIsAnsweredWithTheNearestRightOne(String wrong, String right, int column) {
        OcsfPathException e = assertThrows(OcsfPathException.class, () -> schema.path(dns, wrong));
        assertEquals(right, e.suggestion(), e.getMessage());
        assertEquals(column, e.column());
        assertNotNull(schema.path(dns, right));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    src_endpoint.ipp | network_endpoint has no attribute "ipp". Did you mean "src_endpoint.ip"?
                    zzzzzzz | dns_activity has no attribute "zzzzzzz".
                    src_endpoint.ip.x | "src_endpoint.ip" is of type ip_t and has nothing inside; the path goes on with ".x".
                    src_endpoint[].ip | "src_endpoint" is not an array, so it takes no mark "[]".
                    answers[x].rdata | "[x]" is no array mark; write [], [0] or [name=value].
                    answers[0.rdata | "[0.rdata" is no array mark; write [], [0] or [name=value].
                    answers[0][1].rdata | "[0][1]" is no array mark; write [], [0] or [name=value].
                    answers[rdat=x].ttl | dns_answer has no attribute "rdat" to choose by. Did you mean "rdata"?
                    src_endpoint..ip | "src_endpoint..ip" has an empty step.
                    malware[].files[].hashes[algorithm_id=77].value | "77" is no value of fingerprint.algorithm_id (integer_t).
                    malware[].files[].hashes[algorithm_id=md5].value | "md5" is no value of fingerprint.algorithm_id (integer_t). Did you mean "algorithm_id=1"?
                    """)
    void aFaultSaysWhatIsWrong(String wrong, String message) {
        assertEquals(
                message,
                assertThrows(OcsfPathException.class, () -> schema.path(dns, wrong))
                        .getMessage());
    }

    @Test
    void anUnknownClassIsAnsweredWithTheNearestName() {
        assertEquals(
                "OCSF 1.8.0 has no class \"dns_activty\". Did you mean \"dns_activity\"?",
                assertThrows(OcsfPathException.class, () -> schema.byName("dns_activty"))
                        .getMessage());
        assertEquals(
                "OCSF 1.8.0 has no class 4.",
                assertThrows(OcsfPathException.class, () -> schema.byUid(4)).getMessage());
        assertNull(schema.findByUid(4));
        assertNull(schema.attribute(dns, "process.name"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "a.", ".a", "[", "]", "[]", "a[", "ip~2", "~", "name~2", "answers[\u0000]", "a=b", "é"})
    void oddTextIsRefusedAndNothingElse(String odd) {
        assertThrows(OcsfPathException.class, () -> schema.path(odd));
        assertThrows(OcsfPathException.class, () -> schema.path(dns, odd));
    }

    @Test
    void aPathIsBoundedInLengthAndDepth() {
        String deep = "process" + ".parent_process".repeat(33) + ".name";
        assertThrows(OcsfPathException.class, () -> schema.path(deep));
        String parents = "process" + ".parent_process".repeat(30) + ".name";
        assertEquals("process_name_t", schema.resolve(parents).type());
        assertThrows(OcsfPathException.class, () -> schema.path("x".repeat(100_000)));
    }

    @Test
    void controlCharactersOfAPathAreShownEscaped() {
        OcsfPathException e = assertThrows(OcsfPathException.class, () -> schema.path("a\u001b[31mb"));
        assertFalse(e.getMessage().contains("\u001b"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"abc, abc, 0", "abc, acb, 1", "abc, abcd, 1", "abc, ab, 1", "kitten, sitting, 3", "ca, abc, 3"})
    void theEditDistanceCountsASwapOnce(String a, String b, int distance) {
        assertEquals(distance, EditDistance.between(a, b));
        assertEquals(distance, EditDistance.between(b, a));
    }
}
