package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.mail.auth.Authentication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class KnownIndicatorsTest {
    private static final String MAIL = "Received: from out.acme.com (out.acme.com [203.0.113.9]) by mx.us.example;"
            + " Mon, 2 Feb 2026 10:00:00 +0000\nFrom: Jo <jo@mail.acme.com>\nTo: c@d.example\nSubject: x\n"
            + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n"
            + "<a href='HTTPS://Lure.example:443/Kit/Login.php?id=7#x'>a</a> <a href='http://3325256749/a'>b</a>"
            + " <a href='https://m\u00fcnchen.example/'>c</a> <a href='https://root.example'>d</a>"
            + " <a href='https://port.example:8443/a/'>e</a>\n--b\nContent-Type: application/octet-stream\n"
            + "Content-Disposition: attachment; filename=Invoice_77.txt\n\nabc\n--b--\n";

    private static TreeSet<String> seen(IndicatorType type, String value) {
        MailScanner scanner = new MailScanner(new MailScanner.Settings(
                Reasons.own(),
                List.of(),
                Authentication.Settings.NONE,
                new KnownIndicators(List.of(new Indicator(type, value, "", "x.csv:1")))));
        TreeSet<String> seen = new TreeSet<>();
        scanner.scan(MAIL.getBytes(StandardCharsets.UTF_8), "", false).reasons().stream()
                .map(s -> s.reason().id())
                .filter(id -> id.startsWith("intel-"))
                .forEach(seen::add);
        return seen;
    }

    private static void is(String reasons, IndicatorType type, String... values) {
        for (String value : values) {
            assertEquals(reasons, String.join(" ", seen(type, value)), type + " " + value);
        }
    }

    @Test
    void eachKindIsFoundInWhatIsOfItsKind() {
        is(
                "intel-link",
                IndicatorType.URL,
                "lure.example/kit/login.php?id=7",
                "lure.example/kit/login.php",
                "lure.example/kit/*",
                "*/login.php?id=7",
                "root.example",
                "root.example/",
                "port.example:8443/a",
                "port.example:8443/a/");
        is("intel-link", IndicatorType.DOMAIN, "lure.example", "xn--mnchen-3ya.example", "lure*");
        is("intel-link", IndicatorType.IP, "198.51.100.45");
        is("intel-link", IndicatorType.CIDR, "198.51.100.0/24");
        is("intel-path", IndicatorType.IP, "203.0.113.9");
        is("intel-path", IndicatorType.CIDR, "203.0.113.8/29", "203.0.0.0/16");
        is("intel-sender", IndicatorType.EMAIL, "jo@mail.acme.com", "*@mail.acme.com");
        is("intel-sender", IndicatorType.DOMAIN, "acme.com", "mail.acme.com");
        is("intel-file", IndicatorType.FILE_NAME, "invoice_77.txt", "invoice_*");
        is("intel-file", IndicatorType.HASH, "900150983cd24fb0d6963f7d28e17f72");
    }

    @Test
    void whatIsOfAnotherKindIsNotFound() {
        is("", IndicatorType.URL, "lure.example", "lure.example/kit", "port.example/a", "3325256749/a");
        is("", IndicatorType.FILE_NAME, "lure.example", "login.php");
        is("", IndicatorType.DOMAIN, "ure.example", "jo@mail.acme.com");
        is("", IndicatorType.CIDR, "203.0.113.16/28");
        is("", IndicatorType.ACCOUNT, "jo@mail.acme.com");
    }
}
