package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.carom.cases.Cases;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The dashboard in a browser: Debian's Chromium, where it is installed. Pictures of each page are kept
/// below `target/screenshots`, to be looked at.
class DashboardTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private final List<String> faults = new ArrayList<>();

    private interface Visit {
        void of(Page page, URI server) throws Exception;
    }

    private CaromServer server() throws Exception {
        Breach.make(home);
        return CaromServer.start(ServerOptions.loopback(home, false));
    }

    private void visit(boolean dark, int width, int height, Visit visit) throws Exception {
        try (Chromium chromium = Chromium.start();
                CaromServer server = server();
                BrowserContext context = chromium.context(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT))) {
            Page page = context.newPage();
            page.onPageError(e -> faults.add(page.url() + ": " + e));
            page.onConsoleMessage(m -> {
                if (m.type().equals("error") && !m.text().contains("status of 40")) {
                    faults.add(page.url() + ": " + m.text());
                }
            });
            // Nothing is asked of any other host.
            page.onRequest(r -> {
                if (!r.url().startsWith(server.address().toString()) && !r.url().startsWith("data:")) {
                    faults.add(page.url() + " asked for " + r.url());
                }
            });
            visit.of(page, server.address());
        }
        assertEquals(List.of(), faults);
    }

    private static void signIn(Page page, URI server, String name) {
        page.navigate(server.resolve("sign-in").toString());
        page.fill("input[name=name]", name);
        page.fill("input[name=password]", Breach.password(name));
        page.click("button:has-text('Sign in')");
        page.waitForSelector("nav");
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + ".png"))
                .setFullPage(true));
    }

    private static String axe() throws Exception {
        try (InputStream in =
                DashboardTest.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// What of a page keeps somebody out, as axe-core finds it: serious and worse.
    private static List<String> barriers(Page page, String axe) {
        page.evaluate(axe + "; 0");
        Object found = page.evaluate(
                "async () => JSON.stringify((await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
                        + ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')))");
        List<String> out = new ArrayList<>();
        for (JsonNode one : JSON.readTree(String.valueOf(found))) {
            out.add(page.url() + " " + one.asString(""));
        }
        return out;
    }

    private static final List<String> PAGES = List.of(
            "",
            "incidents",
            "incidents/" + Breach.ACME,
            "trace?what=roadrunner",
            "hunt?text=198.51.100.77",
            "campaigns",
            "suppliers",
            "suppliers/supplyco",
            "clients",
            "clients/acme",
            "clients/acme/advice",
            "sources",
            "search?q=198.51.100.77&from=2026-01-01",
            "query?sql=select+client%2C+count(*)+from+network_activity+group+by+1",
            "rules",
            "intel",
            "clocks",
            "audit",
            "settings");

    @Test
    void noPageKeepsAnybodyOut() throws Exception {
        String axe = axe();
        List<String> barriers = new ArrayList<>();
        visit(false, 1400, 1000, (page, server) -> {
            page.navigate(server.resolve("sign-in").toString());
            barriers.addAll(barriers(page, axe));
            signIn(page, server, "admin");
            for (String path : PAGES) {
                assertEquals(200, page.navigate(server.resolve(path).toString()).status(), path);
                page.waitForTimeout(250);
                picture(page, "light-" + path.replaceAll("[^a-z0-9]+", "-"));
                barriers.addAll(barriers(page, axe));
            }
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            for (String path : List.of("", "incidents/" + Breach.ACME, "suppliers/supplyco", "sources")) {
                page.navigate(server.resolve(path).toString());
                page.waitForTimeout(250);
                picture(page, "dark-" + path.replaceAll("[^a-z0-9]+", "-"));
                barriers.addAll(barriers(page, axe));
            }
            page.setViewportSize(390, 844);
            for (String path : PAGES) {
                page.navigate(server.resolve(path).toString());
                page.waitForTimeout(150);
                picture(page, "phone-" + path.replaceAll("[^a-z0-9]+", "-"));
                int wide = ((Number) page.evaluate("document.documentElement.scrollWidth")).intValue();
                assertTrue(wide <= 390, path + " is " + wide + " wide on a telephone");
            }
        });
        assertEquals(List.of(), barriers);
    }

    @Test
    void anIncidentGoesFromFoundToClosedWithTheClientTold() throws Exception {
        visit(false, 1400, 1000, (page, server) -> {
            signIn(page, server, "ana");
            assertTrue(page.textContent("main").contains("acme was entered by way of supplyco"));
            page.keyboard().press("j");
            page.keyboard().press("Enter");
            page.waitForURL("**/incidents/inc-*");
            String id = page.getAttribute("[data-incident]", "data-incident");
            page.waitForSelector("#graph canvas");
            page.keyboard().press("ArrowLeft");
            assertEquals("before the first", page.textContent("#walk-at"), "the path is walked by the keyboard");
            page.keyboard().press("a");
            page.waitForSelector(".pill.acknowledged");
            page.click(".todo input[type=checkbox]:not(:checked)");
            page.waitForSelector(".todo input[type=checkbox]:checked");
            answer(page, "Contained", "the link is cut");
            page.waitForSelector(".incident-head .pill.contained");
            Files.writeString(home.resolve("advise.yaml"), "clients:\n  acme: {folder: out, taxii: true}\n");
            page.click("a:has-text('Tell the client')");
            page.waitForSelector("aside form button:has-text('Send')");
            page.waitForTimeout(200);
            picture(page, "telling");
            page.uncheck("input[name=via][value=taxii]");
            page.fill("textarea[name=note]", "announced to Ms Coyote");
            page.click("aside form button:has-text('Send')");
            page.waitForSelector("[data-package] .line:has-text('told')");
            picture(page, "told");
            assertTrue(Files.isDirectory(home.resolve("out")), "it went");
            page.navigate(server.resolve("incidents/" + id).toString());
            page.waitForSelector(".rail li.done:has-text('client told')");
            answer(page, "Close", "the supplier rebuilt its jump host");
            page.waitForSelector(".incident-head .pill.closed");
            picture(page, "closed");
            try (Cases cases = Cases.open(home)) {
                JsonNode incident = Objects.requireNonNull(cases.incident(Objects.requireNonNull(id)));
                assertEquals("closed", incident.path("status").asString(""));
                for (String clock : List.of("acknowledged", "contained", "told", "closed")) {
                    assertTrue(incident.path("clocks").path(clock).isString(), clock);
                }
                assertTrue(incident.path("log").toString().contains("advice by folder"));
            }
            page.navigate(server.resolve("incidents").toString());
            assertFalse(page.textContent("table").contains(id), "what is closed is not among the open");
        });
    }

    private static void answer(Page page, String button, String text) {
        page.click(".incident-head button:has-text('" + button + "')");
        page.fill("dialog[open] textarea", text);
        page.click("dialog[open] button:has-text('Go on')");
    }

    @Test
    void aClientsPersonSeesTheirOwnAndAPageFollowsWhatOthersDo() throws Exception {
        visit(true, 1100, 900, (page, server) -> {
            signIn(page, server, "hank");
            String text = page.textContent("main");
            assertTrue(text.contains("globex") && !text.contains("acme"), text);
            assertFalse(page.textContent("nav").contains("Campaigns"));
            assertEquals(
                    404,
                    page.navigate(server.resolve("incidents/" + Breach.ACME).toString())
                            .status());
            assertEquals(
                    404, page.navigate(server.resolve("campaigns").toString()).status());
            page.context().clearCookies();
            signIn(page, server, "ana");
            page.waitForSelector("#live:not([hidden])");
            try (io.carom.server.Browser other =
                    new io.carom.server.Browser(server).basic("admin", Breach.password("admin"))) {
                other.ask("POST", "/api/v1/incidents/" + Breach.ACME + "/steps", "{\"step\":\"ack\"}");
            }
            // By server-sent events: nobody touches this page.
            page.waitForSelector(".need .pill.acknowledged");
            picture(page, "dark-live");
        });
    }

    @Test
    void whatNeedsASecondPersonWaitsWhereBothSeeIt() throws Exception {
        visit(false, 1400, 1000, (page, server) -> {
            Files.writeString(home.resolve("advise.yaml"), "clients:\n  acme: {folder: out}\n");
            signIn(page, server, "admin");
            page.navigate(server.resolve("settings").toString());
            for (String what : List.of("tell", "cut")) {
                page.check("#second-person input[value=" + what + "]");
            }
            page.click("#second-person button");
            page.waitForSelector(".toast");
            page.navigate(server.resolve("incidents/" + Breach.ACME).toString());
            page.click(".second button:has-text('Ask for one')");
            page.fill("dialog[open] textarea", "it is still open");
            page.click("dialog[open] button:has-text('Go on')");
            page.waitForSelector(".second button:has-text('Withdraw')");
            page.navigate(server.resolve("clients/acme/advice").toString());
            page.click("aside form button:has-text('Send')");
            page.waitForSelector("[data-approval] button:has-text('Withdraw')");
            picture(page, "second-asked");
            page.context().clearCookies();
            signIn(page, server, "ana");
            assertEquals(2, page.querySelectorAll("[data-approval]").size());
            picture(page, "second-now");
            assertEquals(List.of(), barriers(page, axe()));
            page.click("[data-approval]:has-text('Cut link') button:has-text('Agree')");
            page.waitForSelector("[data-approval]:has-text('Cut link')", gone());
            page.click("[data-approval] button:has-text('Agree, and send it')");
            page.waitForSelector("[data-approval]", gone());
            // The page hears that both agreed before all is written.
            page.waitForCondition(() -> Files.isDirectory(home.resolve("out")));
            page.navigate(server.resolve("incidents/" + Breach.ACME).toString());
            page.waitForSelector(".second .pill.good");
            picture(page, "second-agreed");
            assertEquals(List.of(), barriers(page, axe()));
        });
    }

    private static Page.WaitForSelectorOptions gone() {
        return new Page.WaitForSelectorOptions()
                .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED);
    }

    @Test
    void theAnswerToAHuntComesAClientAtATime() throws Exception {
        visit(false, 1200, 900, (page, server) -> {
            signIn(page, server, "ana");
            page.navigate(server.resolve("hunt").toString());
            page.fill("#hunt textarea", "seen: 198.51.100[.]77 and hxxp://nowhere[.]example/x");
            page.click("#hunt button");
            page.waitForSelector("#found section:nth-of-type(2)");
            page.waitForSelector("#hunt-state:has-text('sightings at 2 clients')");
            picture(page, "hunted");
        });
    }
}
