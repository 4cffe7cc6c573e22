package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Logs that have host and path apart give the whole URL, so that one in a list of indicators is met there.
class WholeUrlTest {
    private static JsonNode url(String log) {
        ReadEvents read = ReadEvents.of("log", log.getBytes(StandardCharsets.UTF_8));
        JsonNode event = JsonMapper.builder().build().readTree(read.events().getLast());
        return event.path("http_request").path("url");
    }

    private static String zeek(String host, String uri, int port, String server) {
        return "{\"_path\":\"http\",\"ts\":1551675602.5,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":50113,"
                + "\"id.resp_h\":\"" + server + "\",\"id.resp_p\":" + port + ",\"method\":\"GET\""
                + (host.isEmpty() ? "" : ",\"host\":\"" + host + "\"")
                + (uri.isEmpty() ? "" : ",\"uri\":\"" + uri + "\"") + "}\n";
    }

    @ParameterizedTest
    @CsvSource({
        "bad.example, /a/b?c=1, 80, 203.0.113.9, http://bad.example/a/b?c=1",
        "BAD.example, /a, 8080, 203.0.113.9, http://bad.example:8080/a",
        "bad.example:8080, /a, 8080, 203.0.113.9, http://bad.example:8080/a",
        "'', /gate, 80, 203.0.113.9, http://203.0.113.9/gate",
        "'', /gate, 81, 2001:db8::9, http://[2001:db8::9]:81/gate",
        "2001:db8::9, /gate, 80, 2001:db8::9, http://[2001:db8::9]/gate",
        // A proxy is asked for the whole; what is no path is no other host.
        "bad.example, http://bad.example/x, 3128, 10.0.0.9, http://bad.example/x",
        "bad.example, *, 80, 203.0.113.9, *",
        "bad.example, evil.php, 80, 203.0.113.9, evil.php",
        "bad.example, '', 80, 203.0.113.9, ''",
    })
    void ofZeek(String host, String uri, int port, String server, String expected) {
        JsonNode url = url(zeek(host, uri, port, server));
        assertEquals(expected, url.path("url_string").asString(""));
        if (uri.startsWith("/")) {
            assertEquals(uri.replaceAll("\\?.*", ""), url.path("path").asString(""));
        }
    }

    @Test
    void ofAWebServerThatNamesItsHost() {
        String iis = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
                + "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-host c-ip sc-status\n"
                + "2019-03-04 05:00:01 10.0.0.5 GET /owa/x.aspx a=b 443 mail.example 192.0.2.7 200\n";
        assertEquals(
                "https://mail.example/owa/x.aspx?a=b",
                url(iis).path("url_string").asString(""));
        // Without a host's name nothing is made up.
        String silent = iis.replace(" cs-host", "").replace(" mail.example", "");
        assertEquals("", url(silent).path("url_string").asString(""));
    }
}
