package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import io.carom.server.account.People;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A page that stays open: it follows what others do, and takes nothing from whoever is in the middle
/// of something.
class LivePageTest {
    private static final String NOTE = "aside textarea[name=text]";

    @TempDir
    Path home;

    private final List<String> faults = new ArrayList<>();

    private interface Visit {
        void of(Page page, URI server) throws Exception;
    }

    /// Over the home as it is.
    private void visit(int width, int height, Visit visit) throws Exception {
        try (Chromium chromium = Chromium.start();
                CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                BrowserContext context = chromium.context(new com.microsoft.playwright.Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(ColorScheme.LIGHT))) {
            visit.of(opened(context), server.address());
        }
        assertEquals(List.of(), faults);
    }

    private Page opened(BrowserContext context) {
        Page page = context.newPage();
        page.onPageError(e -> faults.add(page.url() + ": " + e));
        page.onConsoleMessage(m -> {
            if (m.type().equals("error") && !m.text().startsWith("Failed to load resource")) {
                faults.add(page.url() + ": " + m.text());
            }
        });
        return page;
    }

    private static void enter(Page page, String name) {
        page.fill("input[name=name]", name);
        page.fill("input[name=password]", Breach.password(name));
        page.click("button:has-text('Sign in')");
    }

    private static void signIn(Page page, URI server, String name) {
        page.navigate(server.resolve("sign-in").toString());
        enter(page, name);
        // From then on it follows, and its scripts are there.
        page.waitForSelector("#live:not([hidden])");
    }

    /// By the driver, as the page's policy lets no text be run in it.
    private static void until(Page page, String holds) {
        page.waitForCondition(() -> Boolean.TRUE.equals(page.evaluate(holds)));
    }

    private static void open(Page page, URI server, String path) {
        page.navigate(server.resolve(path).toString());
        page.waitForSelector("#live:not([hidden])");
    }

    private static void step(URI server, String name, String incident, String body) throws Exception {
        try (Browser other = new Browser(server).basic(name, Breach.password(name))) {
            assertEquals(
                    200,
                    other.ask("POST", "/api/v1/incidents/" + incident + "/steps", body)
                            .statusCode());
        }
    }

    /// As a tab behind others is, or in front again.
    private static void hidden(Page page, boolean hidden) {
        page.evaluate(
                "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
                        + " document.dispatchEvent(new Event('visibilitychange')); }",
                hidden);
    }

    @Test
    void whatIsTypedStaysWhenSomebodyElseDoesSomething() throws Exception {
        Breach.make(home);
        visit(1400, 1000, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents/" + Breach.ACME);
            page.fill(NOTE, "half a sent");
            page.evaluate("document.activeElement.blur()");
            step(server, "admin", Breach.ACME, "{\"step\":\"ack\"}");
            // It waits, and says so.
            page.waitForSelector("#live-new");
            assertEquals("half a sent", page.inputValue(NOTE));
            page.click("#live-new");
            page.waitForSelector(".incident-head .pill.acknowledged");
            assertEquals("half a sent", page.inputValue(NOTE), "the page is another, the note is not");
            // What one does oneself elsewhere on the page takes nothing either.
            page.click(".todo input[type=checkbox]:not(:checked)");
            page.waitForSelector(".todo small");
            assertEquals("half a sent", page.inputValue(NOTE));
            page.fill(NOTE, "half a sentence, and its end");
            page.click("button:has-text('Keep the note')");
            page.waitForSelector(".log li:has-text('and its end')");
            assertEquals("", page.inputValue(NOTE), "what was kept is not typed any more");
        });
    }

    @Test
    void theStepOfTheWalkTheOpenRecordAndTheFocusStay() throws Exception {
        Breach.make(home);
        visit(1400, 1000, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents/" + Breach.ACME);
            page.waitForSelector("#graph canvas");
            page.keyboard().press("ArrowLeft");
            assertEquals("before the first", page.textContent("#walk-at"));
            page.click(".finding summary");
            page.waitForSelector(".finding[open] pre");
            String box = "[aria-labelledby=playbook] input[type=checkbox]";
            String key = page.getAttribute(box, "data-key");
            page.click(box);
            page.waitForSelector("[aria-labelledby=playbook] small");
            until(page, "document.querySelector('#walk-at').textContent === 'before the first'");
            assertEquals("0", page.inputValue("#walk"));
            assertEquals(
                    1, page.querySelectorAll("#graph canvas[data-id$=-node]").size(), "one picture is drawn");
            assertEquals(1, page.querySelectorAll(".finding[open]").size(), "what is read stays open");
            assertEquals(
                    key,
                    page.evaluate("document.activeElement.dataset.key"),
                    "the keyboard is where it was, on a page that is another");
        });
    }

    @Test
    void onANarrowScreenNothingLiesOverALongList() throws Exception {
        Breach.make(home);
        for (int i = 0; i < 210; i++) {
            Breach.incident(home, String.format(Locale.ROOT, "inc-%012x", i), "acme", "roadrunner" + i);
        }
        visit(360, 740, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents");
            for (String row : List.of("tr[data-row]:first-child a", "tr[data-row]:nth-child(100) a", "a[rel=next]")) {
                assertEquals(
                        true,
                        page.evaluate(
                                "which => { const one = document.querySelector(which);"
                                        + " one.scrollIntoView({ block: 'center' }); const at = one.getClientRects()[0];"
                                        + " return one.contains(document.elementFromPoint(at.x + Math.min(at.width, 60) / 2,"
                                        + " at.y + at.height / 2)); }",
                                row),
                        row + " can be touched");
            }
            page.click("a[rel=next]");
            page.waitForURL(Pattern.compile(".*page=2$"));
            assertEquals(12, page.querySelectorAll("tr[data-row]").size());
        });
    }

    @Test
    void whoseSessionEndedIsShownWhereOneSignsInAndFindsWhatTheyTyped() throws Exception {
        Breach.make(home);
        visit(1400, 1000, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents/" + Breach.ACME);
            page.fill(NOTE, "not sent yet");
            try (People people = People.open(home)) {
                people.leaveEverywhere("ana");
            }
            // Nobody touches the page.
            page.waitForURL(Pattern.compile(".*/sign-in\\?next=.*"));
            assertFalse(page.content().contains("roadrunner"), "what is not theirs to see any more is gone");
            enter(page, "ana");
            page.waitForSelector(NOTE);
            page.waitForCondition(() -> page.inputValue(NOTE).equals("not sent yet"));
            // Whoever signs in after them does not.
            page.evaluate("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()");
            page.waitForURL(Pattern.compile(".*/sign-in.*"));
            enter(page, "admin");
            page.waitForSelector(".needs");
            open(page, server, "incidents/" + Breach.ACME);
            assertEquals("", page.inputValue(NOTE));
        });
    }

    @Test
    void whatWasAnsweredIsNotLostWhereItDoesNotGetThrough() throws Exception {
        Breach.make(home);
        visit(1400, 1000, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents/" + Breach.ACME);
            page.route(
                    "**/steps",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setStatus(503)
                            .setContentType("application/problem+json")
                            .setBody("{\"title\":\"Not now\",\"detail\":\"Come again.\"}")));
            page.click(".incident-head button:has-text('Contained')");
            page.fill("dialog[open] textarea", "the link is cut");
            page.click("dialog[open] button:has-text('Go on')");
            page.waitForSelector("dialog[open] .fault:has-text('Come again.')");
            assertEquals("the link is cut", page.inputValue("dialog[open] textarea"));
            page.unroute("**/steps");
            page.click("dialog[open] button:has-text('Go on')");
            page.waitForSelector(".incident-head .pill.contained");
            assertTrue(page.textContent(".log").contains("the link is cut"));
        });
    }

    /// A browser has six connections to a server, and an open page follows by one of them.
    @Test
    void moreTabsAreOpenThanABrowserHasConnections() throws Exception {
        Breach.make(home);
        visit(1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            hidden(page, true);
            for (int i = 0; i < 7; i++) {
                Page another = opened(page.context());
                open(another, server, "incidents");
                hidden(another, true);
            }
            step(server, "admin", Breach.ACME, "{\"step\":\"ack\"}");
            step(server, "admin", Breach.GLOBEX, "{\"step\":\"ack\"}");
            // What happened while nobody looked is there when somebody does.
            page.bringToFront();
            hidden(page, false);
            until(page, "document.querySelectorAll('.need .pill.acknowledged').length === 2");
            assertEquals("Now · Carom", page.title(), "nothing waits for somebody to see it");
        });
    }

    @Test
    void aTitleSaysHowManyWait() throws Exception {
        Breach.make(home);
        visit(1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            until(page, "document.title === '(2) Now · Carom'");
            open(page, server, "");
            step(server, "admin", Breach.ACME, "{\"step\":\"ack\"}");
            until(page, "document.title === '(1) Now · Carom'");
        });
    }

    private static final String LIGHTNESS = """
            which => {
              const style = getComputedStyle(document.querySelector(which[0]));
              const [r, g, b] = style[which[1]].match(/\\d+/g).map(Number);
              return Math.round((0.2126 * r + 0.7152 * g + 0.0722 * b) / 2.55);
            }""";

    private static int lightness(Page page, String of, String property) {
        return ((Number) page.evaluate(LIGHTNESS, List.of(of, property))).intValue();
    }

    @Test
    void onPaperItIsDarkOnLightWhateverTheScreenIs() throws Exception {
        Breach.make(home);
        visit(1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            open(page, server, "incidents/" + Breach.ACME);
            page.click("[data-theme-switch]");
            assertTrue(lightness(page, "main .soft", "color") > 50, "it is dark on the screen");
            page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
            for (String text : List.of("body", "main .soft", "main h1", ".gap, .why, .lede", ".steps .when")) {
                assertTrue(lightness(page, text, "color") < 45, text + ": " + lightness(page, text, "color"));
            }
            assertTrue(lightness(page, "main .card", "backgroundColor") > 90);
            page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));
            page.evaluate("dispatchEvent(new Event('beforeprint'))");
            assertEquals("light", page.getAttribute("html", "data-theme"), "pictures are drawn for paper too");
            page.evaluate("dispatchEvent(new Event('afterprint'))");
            assertEquals("dark", page.getAttribute("html", "data-theme"));
        });
    }

    @Test
    void keysOfOneLetterCanBeTurnedOff() throws Exception {
        Breach.make(home);
        visit(1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            page.keyboard().press("?");
            page.uncheck("#help[open] #keys-on");
            page.click("#help button");
            open(page, server, "incidents/" + Breach.ACME);
            List<String> sent = new ArrayList<>();
            page.onRequest(r -> {
                if (r.method().equals("POST")) {
                    sent.add(r.url());
                }
            });
            page.keyboard().press("a");
            page.keyboard().press("?");
            assertEquals(0, page.querySelectorAll("#help[open]").size());
            page.click(".account summary");
            page.click("[data-help]");
            page.check("#help[open] #keys-on");
            assertEquals(List.of(), sent, "a key that was pressed by mistake did nothing");
            // At once, while what was in the dialog has the focus still.
            page.evaluate("""
                    () => {
                      document.querySelector('#help button').click();
                      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
                    }
                    """);
            page.waitForSelector(".incident-head .pill.acknowledged");
        });
    }

    @Test
    void severalIncidentsAreTakenAtOnceByWhoWorksOnThem() throws Exception {
        Breach.make(home);
        visit(1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            step(server, "admin", Breach.GLOBEX, "{\"step\":\"ack\"}");
            open(page, server, "incidents");
            page.waitForSelector("tr .pill.acknowledged");
            page.keyboard().press("j");
            page.keyboard().press("x");
            page.waitForSelector("[data-bulk-bar]:has-text('1 incident ticked')");
            page.check("[data-pick-all]");
            page.waitForSelector("[data-bulk-bar]:has-text('2 incidents ticked')");
            page.click("[data-bulk-step=ack]");
            page.waitForSelector(".toast:has-text('1 incident acknowledged; 1 acknowledged before')");
            until(page, "document.querySelectorAll('tr .pill.acknowledged').length === 2");
            page.check("[data-pick-all]");
            page.click("[data-bulk-step=close]");
            page.fill("dialog[open] textarea", "one and the same test");
            page.click("dialog[open] button:has-text('Go on')");
            page.waitForSelector("h2:has-text('No incident is so')");
            page.navigate(server.resolve("incidents/" + Breach.GLOBEX).toString());
            assertTrue(page.textContent(".log").contains("one and the same test"));
            page.context().clearCookies();
            signIn(page, server, "aud");
            open(page, server, "incidents?status=all");
            assertEquals(2, page.querySelectorAll("tr[data-row]").size());
            assertEquals(
                    0, page.querySelectorAll("[data-pick], [data-bulk-bar]").size());
        });
    }

    @Test
    void aPageThatAsksByItselfKeepsNoSessionAlive() throws Exception {
        Breach.make(home);
        AtomicReference<Instant> now = new AtomicReference<>(Breach.DETECTED);
        try (CaromServer server = CaromServer.start(
                        new ServerOptions(home, "127.0.0.1", 0, false, null, null, List.of(), now::get));
                Browser left = new Browser(server.address());
                Browser used = new Browser(server.address());
                HttpClient http = HttpClient.newHttpClient()) {
            left.signIn("ana", Breach.password("ana"));
            used.signIn("hank", Breach.password("hank"));
            for (int hour = 1; hour <= 7; hour++) {
                now.updateAndGet(t -> t.plus(Duration.ofHours(1)));
                HttpRequest followed =
                        left.request("GET", "/", "").header("X-Refresh", "1").build();
                assertEquals(
                        200,
                        http.send(followed, HttpResponse.BodyHandlers.ofString())
                                .statusCode());
                assertEquals(200, left.stream("/api/v1/changes"));
                assertEquals(200, used.ask("GET", "/", "").statusCode());
            }
            now.updateAndGet(t -> t.plus(Duration.ofHours(2)));
            assertEquals(303, left.ask("GET", "/", "").statusCode());
            assertEquals(200, used.ask("GET", "/", "").statusCode());
        }
        // What was read was read, by whatever header.
        assertEquals(
                8,
                Files.readString(home.resolve("audit.ndjson"))
                        .lines()
                        .filter(l -> l.contains("\"who\":\"ana\"") && l.contains("\"what\":\"GET /\""))
                        .count());
    }

    @Test
    void whoeverIsRefusedKeepsTheirNavigation() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser hank = new Browser(server.address());
                Browser stranger = new Browser(server.address())) {
            hank.signIn("hank", Breach.password("hank"));
            HttpResponse<String> others = hank.ask("GET", "/incidents/" + Breach.ACME, "");
            HttpResponse<String> nobodys = hank.ask("GET", "/incidents/inc-123456789abc", "");
            for (HttpResponse<String> answer : List.of(others, nobodys, hank.ask("GET", "/nowhere", ""))) {
                assertEquals(404, answer.statusCode());
                assertTrue(answer.body().contains("id=\"nav\"") && answer.body().contains("hank"), answer.body());
                assertFalse(answer.body().contains("acme"), answer.body());
            }
            assertEquals(nobodys.body(), others.body(), "what is another's is answered as what is not there");
            HttpResponse<String> unknown = stranger.ask("GET", "/nowhere", "");
            assertEquals(404, unknown.statusCode());
            assertFalse(unknown.body().contains("id=\"nav\""), unknown.body());
        }
    }
}
