package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carom.spool.SpoolEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of mail by SMTP: taken whole, sent on to nobody.
class SmtpTapTest {
    private static final Map<String, String> SETTINGS =
            Map.of("recipients", "journal@acme.example, *@tap.acme.example", "size", "1MiB");
    private static final String MAIL = "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nhello\r\n";

    @TempDir
    Path home;

    private Around around;
    private Listener tap;

    @BeforeEach
    void start() throws Exception {
        around = new Around(home);
        tap = around.start("smtp", Map.of(), SETTINGS);
    }

    @AfterEach
    void stop() throws Exception {
        tap.close();
    }

    private final class Sender implements AutoCloseable {
        private Socket socket;
        private BufferedReader in;

        Sender() throws IOException {
            socket = new Socket("127.0.0.1", Around.port(tap));
            socket.setSoTimeout(120_000);
            in = reader();
            hear("220 ");
        }

        private BufferedReader reader() throws IOException {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        String hear(String beginning) throws IOException {
            String line = in.readLine();
            while (line != null && line.matches("\\d{3}-.*")) {
                line = in.readLine();
            }
            assertTrue(line != null && line.startsWith(beginning), beginning + " expected, heard " + line);
            return line;
        }

        void say(String line, String beginning) throws IOException {
            send(line + "\r\n");
            hear(beginning);
        }

        String mail(String to, String content) throws IOException {
            say("MAIL FROM:<>", "250 ");
            say("RCPT TO:<" + to + ">", "250 ");
            say("DATA", "354 ");
            send(content + ".\r\n");
            return hear("");
        }

        void secure() throws Exception {
            say("STARTTLS", "220 ");
            SSLSocket tls = (SSLSocket)
                    Trust.of(home).getSocketFactory().createSocket(socket, "localhost", Around.port(tap), true);
            tls.startHandshake();
            socket = tls;
            in = reader();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private String last() {
        SpoolEntry entry = around.entries.getLast();
        assertEquals("eml", entry.format());
        assertEquals("acme", entry.client());
        return new String(entry.body(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aCopyIsKeptAsItIs() throws Exception {
        try (Sender sender = new Sender()) {
            sender.say("EHLO mx.acme.example", "250 ");
            assertTrue(sender.mail("journal@acme.example", MAIL).startsWith("250 2.0.0 kept"));
            assertEquals(MAIL, last());
            // Stops ahead of lines are taken away, and nothing but CR LF . CR LF is the end.
            String odd = "Subject: x\r\n\r\n..stuffed\r\n...\r\nbare\n.\nfeeds\r.\rand\r\n.\rreturns\r\n";
            assertTrue(sender.mail("any@tap.acme.example", odd).startsWith("250 "));
            assertEquals("Subject: x\r\n\r\n.stuffed\r\n..\r\nbare\n.\nfeeds\r.\rand\r\n\rreturns\r\n", last());
            sender.say("QUIT", "221 ");
        }
        assertEquals(2, around.entries.size());
        assertEquals(2, tap.counts().records.get());
        assertEquals(0, around.budget.used());
    }

    @Test
    void nothingIsSentOnToAnybody() throws Exception {
        List<String> elsewhere = List.of(
                "victim@elsewhere.example",
                "journal@acme.example.evil.example",
                "xjournal@acme.example",
                "journal@acmeXexample",
                "a@b@tap.acme.example",
                "victim%elsewhere.example@acme.example",
                "elsewhere.example!victim@acme.example",
                "@acme.example:victim@elsewhere.example",
                "\"victim@elsewhere.example\"@acme.example",
                "victim@[192.0.2.1]",
                "postmaster",
                "");
        for (String to : elsewhere) {
            try (Sender sender = new Sender()) {
                sender.say("EHLO x", "250 ");
                sender.say("MAIL FROM:<a@b.example>", "250 ");
                sender.say("RCPT TO:<" + to + ">", "550 5.7.1");
                sender.say("DATA", "503 ");
            }
        }
        try (Sender sender = new Sender()) {
            sender.say("MAIL FROM:<a@b.example>", "503 ");
            sender.say("EHLO x", "250 ");
            sender.say("MAIL FROM:<a@b.example> SIZE=99999999", "552 ");
            sender.say("RCPT TO:<journal@acme.example>", "503 ");
            sender.say("AUTH PLAIN AGEAYg==", "502 ");
            sender.say("TURN", "502 ");
            sender.say("VRFY root", "252 ");
            sender.say("MAIL FROM:a@b.example", "501 ");
        }
        assertTrue(around.entries.isEmpty());
    }

    @Test
    void whatIsTooMuchIsRefusedAndTheNextIsTaken() throws Exception {
        try (Sender sender = new Sender()) {
            sender.say("EHLO x", "250 ");
            assertTrue(sender.mail(
                            "journal@acme.example",
                            "x".repeat(998).concat("\r\n").repeat(1_100))
                    .startsWith("552 "));
            assertTrue(sender.mail("journal@acme.example", "").startsWith("554 "));
            around.full = true;
            assertTrue(sender.mail("journal@acme.example", MAIL).startsWith("452 "));
            around.full = false;
            assertTrue(sender.mail("journal@acme.example", MAIL).startsWith("250 "));
            for (int i = 0; i < 18; i++) {
                sender.say("NONSENSE", "502 ");
            }
            sender.say("NONSENSE", "502 ");
            sender.hear("421 ");
        }
        try (Sender sender = new Sender()) {
            sender.send("x".repeat(5_000));
            sender.hear("500 ");
        }
        try (Sender sender = new Sender()) {
            sender.say("GET / HTTP/1.1", "421 ");
        }
        assertEquals(1, around.entries.size());
        assertEquals(0, around.budget.used());
    }

    @Test
    void tlsIsBegunWithNothingAheadOfIt() throws Exception {
        try (Sender sender = new Sender()) {
            sender.say("EHLO x", "250 ");
            sender.secure();
            sender.say("MAIL FROM:<a@b.example>", "503 ");
            sender.say("EHLO x", "250 ");
            assertTrue(sender.mail("journal@acme.example", MAIL).startsWith("250 "));
        }
        try (Sender sender = new Sender()) {
            sender.say("EHLO x", "250 ");
            sender.send("STARTTLS\r\nMAIL FROM:<a@b.example>\r\n");
            sender.hear("503 5.5.1 nothing comes ahead");
        }
        assertEquals(1, around.entries.size());
    }

    @Test
    void aJournalReportIsOpened() throws Exception {
        String inner = "From: boss@acme.example\r\nTo: eva@acme.example\r\nSubject: hidden\r\n\r\nhello\r\n";
        String report = """
                From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example
                To: journal@acme.example
                Subject: hidden
                MIME-Version: 1.0
                X-MS-Journal-Report:
                Content-Type: multipart/mixed; boundary="b1"

                --b1
                Content-Type: text/plain; charset="us-ascii"

                Sender: boss@acme.example
                Subject: hidden
                Message-Id: <1@acme.example>
                To: eva@acme.example, Expanded: staff@acme.example
                Bcc: press@evil.example
                Recipient: <x@evil.example>\u0000

                --b1
                Content-Type: message/rfc822

                """.replace("\n", "\r\n") + inner + "--b1--\r\n";
        try (Sender sender = new Sender()) {
            sender.say("EHLO x", "250 ");
            assertTrue(sender.mail("journal@acme.example", report).startsWith("250 "));
            assertTrue(
                    last().startsWith("Envelope-To: eva@acme.example,\r\n press@evil.example,\r\n x@evil.example\r\n"
                            + inner.substring(0, inner.length() - 2)),
                    last());
            // Who only says so is kept as it is.
            String no = report.replace("X-MS-Journal-Report:\r\n", "");
            assertTrue(sender.mail("journal@acme.example", no).startsWith("250 "));
            assertTrue(last().startsWith("From: MicrosoftExchange"));
        }
    }

    private String ran(String... command) throws Exception {
        Path out = Files.createTempFile(home, "out", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(180, TimeUnit.SECONDS));
        return Files.readString(out) + "\nexit " + process.exitValue();
    }

    @Test
    void swaksAndPythonSendToIt() throws Exception {
        boolean swaks = Files.isExecutable(Path.of("/usr/bin/swaks"));
        boolean python = Files.isExecutable(Path.of("/usr/bin/python3"));
        assumeTrue(swaks || python, "neither swaks nor python3 is installed");
        String port = String.valueOf(Around.port(tap));
        int sent = 0;
        if (swaks) {
            String told = ran(
                    "swaks",
                    "--server",
                    "127.0.0.1",
                    "--port",
                    port,
                    "--to",
                    "journal@acme.example",
                    "--from",
                    "a@b.example",
                    "--body",
                    "by swaks");
            assertTrue(told.endsWith("exit 0"), told);
            assertTrue(last().contains("by swaks"), last());
            String relayed = ran(
                    "swaks",
                    "--server",
                    "127.0.0.1",
                    "--port",
                    port,
                    "--to",
                    "victim@elsewhere.example",
                    "--from",
                    "a@b.example");
            assertTrue(relayed.contains("550 5.7.1") && !relayed.endsWith("exit 0"), relayed);
            sent++;
        }
        if (python) {
            String told =
                    ran("python3", "-c", """
                    import smtplib, ssl, sys
                    context = ssl.create_default_context(cafile=sys.argv[2])
                    with smtplib.SMTP('localhost', int(sys.argv[1])) as s:
                        s.starttls(context=context)
                        s.sendmail('a@b.example', ['x@tap.acme.example'], 'Subject: x\\n\\n.by python\\n')
                        try:
                            s.sendmail('a@b.example', ['victim@elsewhere.example'], 'x')
                        except smtplib.SMTPRecipientsRefused as e:
                            print('refused', e.recipients)
                    """, port, home.resolve("tls/ca.crt").toString());
            assertTrue(told.contains("refused {'victim@elsewhere.example': (550") && told.endsWith("exit 0"), told);
            assertTrue(last().contains("\r\n.by python\r\n"), last());
            sent++;
        }
        assertEquals(sent, around.entries.size());
        assertFalse(around.entries.isEmpty());
    }
}
