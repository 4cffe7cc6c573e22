package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an attacker tries over IMAP.
final class ImapAttackTest {
    @TempDir
    static Path folder;

    private static TestNetwork net;

    @BeforeAll
    static void start() throws IOException {
        net = new TestNetwork(folder, "northgate.example");
        net.join("eva");
        net.join("tom");
        try (Talker smtp = net.submission("eva")) {
            smtp.mail(
                    "eva@northgate.example",
                    net.mail("eva", "for tom", net.certificate("tom")),
                    "tom@northgate.example");
        }
    }

    @AfterAll
    static void stop() throws IOException {
        net.close();
    }

    @Test
    void giantLiteralsAreNotWaitedFor() throws Exception {
        try (Talker imap = new Talker(net.ports().imap(), null)) {
            imap.expect("* OK ");
            imap.say("a LOGIN {999999999}", "a BAD ");
            imap.say("b LOGIN {99999999999999999999999}", "b BAD ");
            imap.say("c APPEND INBOX {1000000000}", "c BAD ");
            imap.send("d LOGIN {2000000000+}\r\n");
            assertTrue(imap.isHungUp());
        }
        try (Talker imap = net.imap("tom")) {
            imap.say("b APPEND INBOX {999999999999}", "b NO [TOOBIG]");
            imap.say("c SEARCH SUBJECT {1000000}", "c BAD ");
            imap.say("d NOOP", "d OK");
            imap.send("e APPEND INBOX {30000000+}\r\n");
            assertTrue(imap.isHungUp());
        }
    }

    @Test
    void namesLeadToNoFile() throws Exception {
        Path ca = folder.resolve("mailnet/ca.key");
        byte[] key = Files.readAllBytes(ca);
        long before = files();
        try (Talker imap = net.imap("tom")) {
            int n = 0;
            for (String name : List.of(
                    "../../ca.key",
                    "..",
                    "/etc/passwd",
                    "../eva/INBOX",
                    "....//....//ca.key",
                    "INBOX/../../ca.key",
                    "..%2f..%2fca.key",
                    "~eva/INBOX",
                    "#shared/eva",
                    "user.eva")) {
                String tag = "b" + n++;
                imap.say(tag + " SELECT \"" + name + "\"", tag + " NO ");
                imap.say(tag + " STATUS \"" + name + "\" (MESSAGES)", tag + " NO ");
                imap.say(tag + " DELETE \"" + name + "\"", tag + " NO ");
                // A name is a name: what can be made is a mailbox of that name, and no file.
                imap.send(tag + " CREATE \"" + name + "\"\r\n");
                imap.expect(tag + " ");
            }
            imap.say("c CREATE {5}", "+ ");
            imap.send("a\u0001b/c\r\n");
            imap.expect("c NO ");
            imap.say("d SELECT \"\u0001x\"", "d NO ");
            imap.say("e LIST \"\" \"*\"", "e OK");
        }
        assertEquals(before, files());
        assertTrue(java.util.Arrays.equals(key, Files.readAllBytes(ca)));
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("mailnet"))) {
            return all.filter(p -> !p.toString().contains("network.db")).count();
        }
    }

    @Test
    void anothersMailIsNowhere() throws Exception {
        try (Talker imap = net.imap("eva")) {
            assertTrue(imap.say("b SELECT INBOX", "b OK ").contains("* 0 EXISTS"));
            assertEquals("c OK done\n", imap.say("c FETCH 1:* (UID BODY[])", "c OK "));
            assertEquals("d OK done\n", imap.say("d UID FETCH 1:4294967295 (FLAGS)", "d OK "));
            imap.say("e UID COPY 1 INBOX", "e OK ");
            imap.say("f AUTHENTICATE PLAIN AHRvbQB0b20=", "f BAD ");
        }
    }

    @Test
    void nothingTurnsTheParserInside() throws Exception {
        try (Talker imap = net.imap("tom")) {
            imap.say("b SELECT INBOX", "b OK ");
            imap.say("c FETCH 1 BODY[" + "1.".repeat(300) + "1]", "c BAD ");
            imap.say("d SEARCH " + "NOT ".repeat(400) + "ALL", "d BAD ");
            imap.say("e SEARCH " + "(".repeat(400) + "ALL" + ")".repeat(400), "e BAD ");
            imap.say("f FETCH 0 FLAGS", "f BAD ");
            imap.say("g FETCH 1:99999999999 FLAGS", "g BAD ");
            imap.say("h STORE 1 FLAGS (\\Seen a\"b)", "h BAD ");
            imap.say("i LIST \"\" \"" + "*a".repeat(140) + "\"", "i OK");
            imap.say("j FETCH 1 (BODY[HEADER.FIELDS (X\"Y)])", "j BAD ");
            // The answer says again what was asked: a line end in it would begin another answer.
            imap.say("k FETCH 1 (BODY.PEEK[HEADER.FIELDS ({13}", "+ ");
            imap.send("X\r\n* 9 EXISTS)])\r\n");
            String heard = imap.expect("k BAD ");
            assertFalse(heard.contains("EXISTS"), heard);
        }
        try (Talker imap = net.imap("tom")) {
            imap.say("b SELECT INBOX", "b OK ");
            imap.say("k FETCH 1 (BODY.PEEK[1]<0.10> BODY.PEEK[7] BODY.PEEK[1.2.3])", "k OK ");
            imap.send("l NOOP\n");
            assertTrue(imap.isHungUp());
        }
        try (Talker imap = net.imap("tom")) {
            imap.send("m SEARCH SUBJECT \"" + "x".repeat(40_000) + "\"\r\n");
            assertTrue(imap.isHungUp());
        }
    }

    @Test
    void aReadableDraftIsNotKept() throws Exception {
        byte[] plain = "Subject: draft\r\n\r\nreadable\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] sealed = net.mail("tom", "draft", net.certificate("tom"));
        try (Talker imap = net.imap("tom")) {
            imap.say("b APPEND Drafts (\\Draft) {" + plain.length + "}", "+ ");
            imap.send(plain);
            imap.send("\r\n");
            imap.expect("b NO [CANNOT] only encrypted mail is kept");
            imap.say("c APPEND \"Drafts\" (\\Draft) \"01-Feb-2026 10:00:00 +0100\" {" + sealed.length + "}", "+ ");
            imap.send(sealed);
            imap.send("\r\n");
            assertTrue(imap.expect("c OK [APPENDUID ").contains(" 1] kept"));
            imap.say("d SELECT Drafts", "d OK ");
            String got = imap.say("e FETCH 1 (FLAGS INTERNALDATE)", "e OK ");
            assertTrue(got.contains("FLAGS (\\Draft) INTERNALDATE \"01-Feb-2026 09:00:00 +0000\""), got);
        }
        assertFalse(net.audit("mail.refused").isEmpty());
    }

    /// Programs that go down a level at a time find what lies below a name that nobody made.
    @Test
    void aNameThatOnlyStandsAheadOfOthersIsListed() throws Exception {
        net.join("ada");
        try (Talker imap = net.imap("ada")) {
            imap.say("b CREATE Cases/7/Mail", "b OK ");
            String told = imap.say("c LIST \"\" %", "c OK ");
            assertTrue(told.contains("* LIST (\\Noselect \\HasChildren) \"/\" \"Cases\""), told);
            assertFalse(told.contains("Cases/7"), told);
            assertTrue(imap.say("d LIST \"\" Cases/%", "d OK ")
                    .contains("* LIST (\\Noselect \\HasChildren) \"/\" \"Cases/7\""));
            imap.say("e CREATE Cases", "e OK ");
            told = imap.say("f LIST \"\" %", "f OK ");
            assertTrue(told.contains("* LIST (\\HasChildren) \"/\" \"Cases\""), told);
            assertFalse(told.contains("Noselect"), told);
        }
    }

    /// A mail that is put where nobody finds it any more is lost: then it is not taken.
    @Test
    void aMailboxThatIsDeletedInTheMeantimeTakesNoMail() throws Exception {
        net.join("ida");
        byte[] sealed = net.mail("ida", "note", net.certificate("ida"));
        try (Talker one = net.imap("ida");
                Talker two = net.imap("ida")) {
            one.say("b CREATE Cases", "b OK ");
            one.say("c APPEND Cases {" + sealed.length + "}", "+ ");
            two.say("b DELETE Cases", "b OK ");
            one.send(sealed);
            one.send("\r\n");
            one.expect("c NO the mailbox is not there any more");
            one.say("d NOOP", "d OK ");
        }
    }

    @Test
    void passwordsAreTriedThreeTimes() throws Exception {
        try (Talker imap = new Talker(net.ports().imap(), null)) {
            imap.expect("* OK ");
            for (String tag : List.of("a", "b", "c")) {
                imap.say(tag + " LOGIN tom@northgate.example password123456", tag + " NO ");
            }
            assertTrue(imap.isHungUp());
        }
    }

    @Test
    void twoSessionsSeeTheSame() throws Exception {
        net.join("una");
        byte[] mail = net.mail("una", "to myself", net.certificate("una"));
        try (Talker smtp = net.submission("una");
                Talker one = net.imap("una");
                Talker two = net.imap("una")) {
            for (int i = 0; i < 3; i++) {
                smtp.mail("una@northgate.example", mail, "una@northgate.example");
            }
            one.say("b SELECT INBOX", "b OK ");
            two.say("b SELECT INBOX", "b OK ");
            two.say("c IDLE", "+ ");
            one.say("c STORE 2 +FLAGS.SILENT (\\Deleted work)", "c OK");
            assertTrue(two.expect("* 2 FETCH").contains("FLAGS (\\Deleted work)"));
            assertTrue(one.say("d EXPUNGE", "d OK").contains("* 2 EXPUNGE"));
            two.expect("* 2 EXPUNGE");
            smtp.mail("una@northgate.example", mail, "una@northgate.example");
            two.expect("* 3 EXISTS");
            two.say("DONE", "c OK");
            assertTrue(two.say("e UID SEARCH ALL", "e OK").contains("* SEARCH 1 3 4"));
            assertTrue(two.say("f UID MOVE 3 Archive", "f OK").contains("COPYUID"));
            String told = one.say("g NOOP", "g OK");
            assertTrue(told.contains("* 2 EXPUNGE") && told.contains("* 2 EXISTS"), told);
            assertTrue(one.say("h STATUS Archive (MESSAGES)", "h OK").contains("MESSAGES 1"));
            assertTrue(one.say("i SEARCH NOT SUBJECT nothing UNSEEN LARGER 10 SINCE 1-Jan-2020", "i OK")
                    .contains("* SEARCH 1 2"));
        }
    }
}
