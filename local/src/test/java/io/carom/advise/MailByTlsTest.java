package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.intel.Tlp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Advice by mail goes to nobody but the server that the settings name, and nobody between reads it.
@Timeout(60)
class MailByTlsTest {
    private static final Parcel PARCEL = new Parcel(
            "abc",
            "acme",
            "northgate",
            "Somebody came in",
            Tlp.AMBER,
            Instant.parse("2026-03-04T05:06:07Z"),
            0,
            Map.of("advise.html", "<p>secret of acme</p>".getBytes(StandardCharsets.UTF_8)));

    @TempDir
    Path folder;

    private void deliver(MailServer server, String security, @Nullable Path authority) throws IOException {
        Path password = Files.writeString(folder.resolve("smtp.key"), "hunter2\n");
        new MailDelivery(
                        new AdviseSettings.Smtp(
                                "127.0.0.1",
                                server.port(),
                                security,
                                "soc@northgate.example",
                                "soc",
                                password,
                                authority),
                        List.of("ciso@acme.example"))
                .deliver(PARCEL);
    }

    private Path authority() throws IOException {
        return Authority.of(folder, Instant.now()).certificateFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "starttls"})
    void passwordAndMailGoOnlyWhenTlsStands(String security) throws Exception {
        try (MailServer server = new MailServer(folder, "127.0.0.1", security, "")) {
            deliver(server, security, authority());
            List<String> heard = server.heard();
            assertEquals(
                    security.equals("tls") ? List.of() : List.of("EHLO northgate.example", "STARTTLS"),
                    heard.stream().filter(l -> !l.startsWith("tls ")).toList());
            assertTrue(heard.contains("tls AUTH PLAIN AHNvYwBodW50ZXIy"), heard::toString);
            assertTrue(heard.contains("tls RCPT TO:<ciso@acme.example>"), heard::toString);
            assertTrue(heard.contains("tls QUIT"), heard::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "starttls"})
    void aServerThatNobodyVouchesForGetsNothing(String security) throws Exception {
        try (MailServer server = new MailServer(folder, "127.0.0.1", security, "")) {
            IOException told = assertThrows(IOException.class, () -> deliver(server, security, null));
            assertTrue(told.getMessage().startsWith("127.0.0.1:" + server.port() + ": "), told.getMessage());
            nothingOfIt(server.heard());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "starttls"})
    void aServerWithAnothersCertificateGetsNothing(String security) throws Exception {
        try (MailServer server = new MailServer(folder, "mail.other.example", security, "")) {
            Path authority = authority();
            assertThrows(IOException.class, () -> deliver(server, security, authority));
            nothingOfIt(server.heard());
        }
    }

    /// What stands behind the answer to STARTTLS was not said under TLS, and is no answer to anything (CVE-2011-0411).
    @Test
    void whatIsSlippedInBeforeTlsIsNotListenedTo() throws Exception {
        try (MailServer server =
                new MailServer(folder, "127.0.0.1", "starttls", "\r\n250-mail\r\n250 AUTH\r\n235 welcome\r\n250 ok")) {
            deliver(server, "starttls", authority());
            List<String> heard = server.heard();
            assertTrue(heard.contains("tls QUIT"), heard::toString);
            // It waited for each answer of the true server: the mail is whole.
            assertTrue(heard.indexOf("tls .") > heard.indexOf("tls DATA"), heard::toString);
        }
    }

    private static void nothingOfIt(List<String> heard) {
        assertTrue(
                heard.stream().noneMatch(l -> l.contains("AUTH") || l.contains("MAIL FROM") || l.contains("RCPT")),
                heard::toString);
    }
}
