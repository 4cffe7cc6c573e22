package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carom.certificate.Pem;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.seal.Smime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that know nothing of Carom: Python's libraries, OpenSSL, curl, and mutt or neomutt with S/MIME.
final class OrdinaryClientsTest {
    @TempDir
    Path folder;

    private record Ran(int exit, String out) {}

    private Ran run(String input, String... command) throws Exception {
        return run(input, Map.of(), command);
    }

    private Ran run(String input, Map<String, String> environment, String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path in = Files.writeString(Files.createTempFile(folder, "in", ""), input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still runs: " + String.join(" ", command) + "\n" + Files.readString(out));
        }
        return new Ran(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1));
    }

    private boolean has(String program) throws Exception {
        try {
            return run("", program, program.startsWith("openssl") ? "version" : "--version")
                                    .exit()
                            == 0
                    || run("", program, "-v").exit() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void pythonSendsAndReads() throws Exception {
        assumeTrue(has("python3") && has("openssl"));
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership eva = net.join("eva");
            Membership tom = net.join("tom");
            Path script = Files.writeString(folder.resolve("client.py"), """
                    import imaplib, smtplib, ssl, subprocess, sys, time
                    host, smtp_port, imap_port, eva, tom = sys.argv[1:]
                    def context(member):
                        c = ssl.create_default_context(cafile=member + '/ca.crt')
                        c.minimum_version = ssl.TLSVersion.TLSv1_3
                        c.load_cert_chain(member + '/client.pem')
                        return c
                    head = 'From: Eva <eva@northgate.example>\\nTo: tom@northgate.example\\nSubject: [...]\\n'
                    sealed = subprocess.run(['openssl', 'cms', '-encrypt', '-aes256', tom + '/member.crt'],
                        input=b'Content-Type: text/plain\\n\\nsaid in Python\\n', stdout=subprocess.PIPE, check=True).stdout
                    mail = (head.encode() + sealed).replace(b'\\r\\n', b'\\n').replace(b'\\n', b'\\r\\n')
                    with smtplib.SMTP_SSL(host, int(smtp_port), context=context(eva)) as s:
                        s.ehlo()
                        s.auth('EXTERNAL', lambda challenge=None: '')
                        print('refused', s.sendmail('eva@northgate.example', ['tom@northgate.example'], mail))
                        try:
                            s.sendmail('eva@northgate.example', ['tom@northgate.example'], head + '\\nin plain')
                        except smtplib.SMTPDataError as e:
                            print('plain', e.smtp_code)
                        try:
                            s.sendmail('eva@northgate.example', ['tom@evil.example'], mail)
                        except smtplib.SMTPRecipientsRefused as e:
                            print('outside', list(e.recipients.values())[0][0])
                    i = imaplib.IMAP4_SSL(host, int(imap_port), ssl_context=context(tom))
                    i.authenticate('EXTERNAL', lambda challenge: b'')
                    print('boxes', len(i.list()[1]))
                    print('select', i.select('INBOX'))
                    typ, data = i.search(None, 'UNSEEN')
                    print('search', data)
                    typ, data = i.fetch(b'1', '(UID FLAGS BODYSTRUCTURE BODY.PEEK[])')
                    raw = data[0][1]
                    opened = subprocess.run(['openssl', 'cms', '-decrypt', '-inkey', tom + '/member.key', '-recip',
                        tom + '/member.crt'], input=raw, stdout=subprocess.PIPE, check=True).stdout
                    print('opened', opened)
                    print('store', i.store(b'1', '+FLAGS', '\\\\Seen'))
                    print('create', i.create('Cases/One'), i.copy(b'1', 'Cases/One'))
                    print('append', i.append('Sent', '\\\\Seen', imaplib.Time2Internaldate(time.time()), raw)[0])
                    try:
                        print('append plain', i.append('Sent', None, None, b'Subject: x\\r\\n\\r\\nplain')[0])
                    except Exception as e:
                        print('append plain', e)
                    print('status', i.status('Cases/One', '(MESSAGES UNSEEN)'))
                    i.store(b'1', '+FLAGS', '\\\\Deleted'); print('expunge', i.expunge())
                    print('logout', i.logout()[0])
                    """);
            Ran ran = run(
                    "",
                    "python3",
                    script.toString(),
                    "127.0.0.1",
                    "" + net.ports().submission(),
                    "" + net.ports().imap(),
                    eva.folder().toString(),
                    tom.folder().toString());
            String out = ran.out();
            assertEquals(0, ran.exit(), out);
            for (String said : List.of(
                    "refused {}",
                    "plain 550",
                    "outside 550",
                    "boxes 5",
                    "select ('OK', [b'1'])",
                    "search [b'1']",
                    "said in Python",
                    "store ('OK'",
                    "append OK",
                    "append plain NO",
                    "MESSAGES 1 UNSEEN 0",
                    "expunge ('OK', [b'1'])",
                    "logout BYE")) {
                assertTrue(out.contains(said), said + "\n" + out);
            }
        }
    }

    @Test
    void openSslSeesTls13AndNothingBelow() throws Exception {
        assumeTrue(has("openssl"));
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership eva = net.join("eva");
            for (int port : new int[] {
                net.ports().submission(), net.ports().imap(), net.ports().members()
            }) {
                String where = "127.0.0.1:" + port;
                Ran old = run("", "openssl", "s_client", "-connect", where, "-tls1_2");
                assertTrue(old.out().contains("protocol version") || old.out().contains("alert"), old.out());
                assertTrue(!old.out().contains("ESMTP") && !old.out().contains("* OK"), old.out());
                Ran now = run(
                        "",
                        "openssl",
                        "s_client",
                        "-connect",
                        where,
                        "-tls1_3",
                        "-CAfile",
                        eva.folder() + "/ca.crt",
                        "-verify_return_error",
                        "-cert",
                        eva.folder() + "/member.crt",
                        "-key",
                        eva.folder() + "/member.key");
                assertTrue(
                        now.out().contains("TLSv1.3") && now.out().contains("Verify return code: 0 (ok)"), now.out());
            }
            Ran talk = run(
                    "EHLO x\nMAIL FROM:<eva@northgate.example>\nQUIT\n",
                    "openssl",
                    "s_client",
                    "-quiet",
                    "-crlf",
                    "-connect",
                    "127.0.0.1:" + net.ports().submission(),
                    "-ign_eof");
            assertTrue(talk.out().contains("530 5.7.0 sign in first"), talk.out());
        }
    }

    @Test
    void opensslAndCurlJoin() throws Exception {
        assumeTrue(has("openssl") && has("curl"));
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            var invitation =
                    net.network.members().invite(net.address("una"), "Una", false, java.time.Duration.ofHours(1));
            String link = net.network.link(invitation, net.ports().members());
            Path key = folder.resolve("una.key");
            Path csr = folder.resolve("una.csr");
            Path ca = folder.resolve("mailnet/ca.crt");
            assertEquals(
                    0,
                    run(
                                    "",
                                    "openssl",
                                    "req",
                                    "-new",
                                    "-newkey",
                                    "rsa:3072",
                                    "-noenc",
                                    "-keyout",
                                    key.toString(),
                                    "-subj",
                                    "/CN=me",
                                    "-out",
                                    csr.toString())
                            .exit());
            Ran joined = run("", "curl", "-sS", "--cacert", ca.toString(), "--data-binary", "@" + csr, link);
            assertTrue(joined.out().contains("\"address\":\"una@northgate.example\""), joined.out());
            // A weak key is not taken, and does not cost the invitation.
            var weak = net.network.members().invite(net.address("ben"), "Ben", false, java.time.Duration.ofHours(1));
            run(
                    "",
                    "openssl",
                    "req",
                    "-new",
                    "-newkey",
                    "rsa:1024",
                    "-noenc",
                    "-keyout",
                    key + "2",
                    "-subj",
                    "/CN=me",
                    "-out",
                    csr + "2");
            String again = net.network.link(weak, net.ports().members());
            assertTrue(run("", "curl", "-sS", "--cacert", ca.toString(), "--data-binary", "@" + csr + "2", again)
                    .out()
                    .contains("too weak"));
            assertTrue(run("", "curl", "-sS", "--cacert", ca.toString(), "--data-binary", "@" + csr, again)
                    .out()
                    .contains("ben@northgate.example"));
            // Without a certificate nothing is told.
            assertTrue(run(
                            "",
                            "curl",
                            "-sS",
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{http_code}",
                            "--cacert",
                            ca.toString(),
                            "https://127.0.0.1:" + net.ports().members() + "/members")
                    .out()
                    .contains("403"));
            // The root leads to the members' page.
            for (String path : List.of("/", "/ca.key", "/join/../ca.key", "/%2e%2e/ca.key", "/mailnet/network.db")) {
                assertEquals(
                        path.equals("/") ? "303" : "404",
                        run(
                                        "",
                                        "curl",
                                        "-sS",
                                        "--path-as-is",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "--cacert",
                                        ca.toString(),
                                        "https://127.0.0.1:" + net.ports().members() + path)
                                .out(),
                        path);
            }
        }
    }

    /// A program in a terminal, and somebody who types: what is waited for, what is typed then.
    private static final String TYPIST = """
            import os, pty, re, select, sys, time
            command, steps = sys.argv[1], sys.argv[2:]
            pid, fd = pty.fork()
            if pid == 0:
                os.execvp('sh', ['sh', '-c', 'stty rows 50 cols 160; exec ' + command])
            seen, end = b'', time.time() + 50
            def until(pattern):
                global seen
                while not re.search(pattern.encode(), seen):
                    if time.time() > end:
                        os.write(1, seen); os.kill(pid, 9); sys.exit(3)
                    if select.select([fd], [], [], 0.2)[0]:
                        try:
                            data = os.read(fd, 65536)
                        except OSError:
                            data = b''
                        if not data:
                            return False
                        seen += data
                return True
            for wanted, keys in zip(steps[::2], steps[1::2]):
                if not until(wanted):
                    break
                seen = b''
                os.write(fd, keys.encode().decode('unicode_escape').encode())
            until('no such text will ever come')
            os.write(1, seen)
            """;

    @Test
    void muttWritesAndReadsWithSmime() throws Exception {
        List<String> programs = new ArrayList<>();
        for (String program : List.of("mutt", "neomutt")) {
            if (has(program)) {
                programs.add(program);
            }
        }
        assumeTrue(!programs.isEmpty() && has("openssl") && has("python3"));
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership eva = net.join("eva");
            Membership tom = net.join("tom");
            eva.refresh();
            tom.refresh();
            Path home = Files.createDirectories(folder.resolve("home"));
            Path typist = Files.writeString(folder.resolve("typist.py"), TYPIST);
            Map<String, String> environment = Map.of("HOME", home.toString(), "TERM", "xterm", "LC_ALL", "C.UTF-8");
            int n = 0;
            for (String mutt : programs) {
                n++;
                String text = "written in " + mutt;
                Path body = Files.writeString(folder.resolve("body.txt"), text + "\n");
                Ran sent = run(
                        "",
                        environment,
                        "python3",
                        typist.toString(),
                        mutt + " -n -F " + eva.folder() + "/muttrc -e 'set editor=true' -e 'set abort_unmodified=no'"
                                + " -s '[...]' -i " + body + " tom@northgate.example",
                        "To: ",
                        "\\r",
                        "Subject:",
                        "\\r",
                        "Send",
                        "y");
                assertEquals(n, net.audit("mail.accepted").size(), sent.out() + net.audit("mail.refused"));
                // What was sent is kept in Sent, encrypted too.
                assertEquals(n, net.audit("mail.appended").size(), sent.out());
                Path read = folder.resolve("read-" + mutt);
                Ran seen = run(
                        "",
                        environment,
                        "python3",
                        typist.toString(),
                        mutt + " -n -F " + tom.folder() + "/muttrc -e 'set pipe_decode=yes' -e 'set wait_key=no'"
                                + " -e 'set quit=yes' -e 'set sort=reverse-mailbox-order'",
                        "Msgs:" + n,
                        "\\r",
                        "passphrase",
                        "\\r",
                        text,
                        "|cat>" + read + "\\r",
                        text,
                        "qq");
                assertTrue(Files.exists(read), seen.out());
                String got = Files.readString(read, StandardCharsets.ISO_8859_1);
                assertTrue(got.contains(text) && got.contains("eva@northgate.example"), got);
            }
        }
    }

    @Test
    void caromsOwnMailIsReadByOpenSsl() throws Exception {
        assumeTrue(has("openssl"));
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership tom = net.join("tom");
            OwnMail.send(net.network, List.of(net.address("tom")), "Advice", "Block 192.0.2.7 today.\n");
            Path mail;
            try (Talker imap = net.imap("tom")) {
                imap.say("b SELECT INBOX", "b OK ");
                String got = imap.say("c FETCH 1 BODY.PEEK[]", "c OK ");
                String raw = got.substring(got.indexOf("Return-Path:"), got.lastIndexOf(")\nc OK"));
                mail = Files.writeString(
                        folder.resolve("mail.eml"), raw.replace("\n", "\r\n"), StandardCharsets.ISO_8859_1);
            }
            Path inner = folder.resolve("inner.p7m");
            Ran opened = run(
                    "",
                    "openssl",
                    "cms",
                    "-decrypt",
                    "-in",
                    mail.toString(),
                    "-inkey",
                    tom.folder() + "/member.key",
                    "-recip",
                    tom.folder() + "/member.crt",
                    "-out",
                    inner.toString());
            assertEquals(0, opened.exit(), opened.out());
            Ran verified =
                    run("", "openssl", "cms", "-verify", "-in", inner.toString(), "-CAfile", tom.folder() + "/ca.crt");
            assertEquals(0, verified.exit(), verified.out());
            String text = new String(
                    java.util.Base64.getMimeDecoder()
                            .decode(verified.out().replaceAll("(?s).*?\r?\n\r?\n(.*?)(CMS Veri.*)?$", "$1")),
                    StandardCharsets.UTF_8);
            assertTrue(text.contains("Block 192.0.2.7 today."), verified.out());
            assertTrue(Smime.open(Files.readAllBytes(mail), tom.identity())
                    .signer()
                    .equals(Pem.certificates(net.network.folder().resolve("carom.crt"))
                            .getFirst()));
        }
    }
}
