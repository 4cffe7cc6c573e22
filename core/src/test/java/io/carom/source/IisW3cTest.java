package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The W3C's extended form as others than IIS write it.
class IisW3cTest {
    private static JsonNode event(String log) {
        ReadEvents read = ReadEvents.of("log", log.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects());
        assertEquals(List.of("iis-w3c"), read.sources());
        return JsonMapper.builder().build().readTree(read.events().getFirst());
    }

    @Test
    void aLogOfCloudFrontHasTabsBetweenItsValues() {
        JsonNode event =
                event("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
                        + "sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header cs-protocol\n"
                        + "2019-03-04\t05:06:07\tFRA2\t2390\t192.0.2.7\tGET\td111.cloudfront.net\t/a b\t200\t-\tcurl/8\tx=1\t"
                        + "www.example.org\thttps\n");
        assertEquals(1551675967000L, event.at("/time").asLong());
        assertEquals("192.0.2.7", event.at("/src_endpoint/ip").asString());
        assertEquals("www.example.org", event.at("/http_request/url/hostname").asString());
        assertEquals("/a b", event.at("/http_request/url/path").asString());
        assertEquals(200, event.at("/http_response/code").asInt());
        assertEquals("CloudFront", event.at("/metadata/product/name").asString());
    }

    @Test
    void aLogOfAProxyHasQuotesAroundValuesThatHoldSpaces() {
        JsonNode event =
                event("#Software: SGOS 6.7.4.1\n#Version: 1.0\n#Fields: date time time-taken c-ip sc-status sc-bytes "
                        + "cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-username cs(User-Agent) "
                        + "cs-categories s-ip\n"
                        + "2019-03-04 05:06:07 12 10.0.0.7 200 2390 GET http bad.example 80 /gate.php ?id=1 CORP\\jane "
                        + "\"Mozilla/5.0 (Windows NT 10.0)\" \"Technology/Internet;Suspicious\" 10.0.0.9\n");
        assertEquals("10.0.0.7", event.at("/src_endpoint/ip").asString());
        assertEquals("jane", event.at("/actor/user/name").asString());
        assertEquals("bad.example", event.at("/http_request/url/hostname").asString());
        assertEquals(
                "Mozilla/5.0 (Windows NT 10.0)",
                event.at("/http_request/user_agent").asString());
        assertEquals("SGOS 6.7.4.1", event.at("/metadata/product/name").asString());
    }

    @Test
    void aQuoteInALogOfIisIsPlain() {
        JsonNode event =
                event("#Software: Microsoft Internet Information Services 10.0\n#Fields: date time c-ip cs-method "
                        + "cs-uri-stem cs-uri-query cs(User-Agent) sc-status\n"
                        + "2019-03-04 05:06:07 192.0.2.7 GET /a \"><x> \"Mozilla/5.0+(x)\" 404\n");
        assertEquals("\"><x>", event.at("/http_request/url/query_string").asString());
        assertEquals("IIS", event.at("/metadata/product/name").asString());
    }
}
