package io.carom.mail.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageReadingTest {
    private static String visible(String html) {
        return PageReading.of(html).visible().strip();
    }

    private static List<String> targets(String html) {
        return PageReading.of(html).links().stream()
                .map(PageReading.Link::target)
                .toList();
    }

    /// Newsletters are laid out in cells of size nought, in which each text states its own.
    @Test
    void lettersOfASizeOfTheirOwnAreSeenWhateverIsAroundThem() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put(
                "<table><tr><td style='direction:ltr;font-size:0px'><div style='font-size:13px'>Hello</div></td></table>",
                "Hello");
        pages.put("<div style='font-size:0'><p style='font-size:1rem'>Hello</p></div>", "Hello");
        pages.put("<div style='font-size:0'><font size=2>Hello</font></div>", "Hello");
        pages.put("<div style='font-size:1em'>Hello</div>", "Hello");
        pages.put("<div style='font-size:0'>a<b style='font-size:100%'>b</b><i style='font-size:2em'>c</i></div>", "");
        pages.put("<div style='font-size:1px !important'>a</div><div style='color:red; font-size : 0'>b</div>", "");
        pages.put("<font size=0>a</font>Hello", "Hello");
        pages.put("<div style='font-size:0'>a</div>Hello", "Hello");
        pages.put("<div style='display:none'><b style='font-size:20px'>a</b></div>Hello", "Hello");
        pages.forEach((html, text) -> assertEquals(text, visible(html), html));
    }

    /// `<base href>` in front of a harmless path: what filters that read attributes alone do not see.
    @Test
    void whatIsRelativeLeadsFromTheBaseOfThePage() {
        String base = "<base href='https://bad.example/kit/'>";
        assertEquals(List.of("https://bad.example/kit/login.php"), targets(base + "<a href='login.php'>x</a>"));
        assertEquals(
                List.of("https://good.example/", "#top", "mailto:a@b.example"),
                targets(base + "<a href='https://good.example/'>x</a><a href='#top'>x</a>"
                        + "<a href='mailto:a@b.example'>x</a>"));
        assertEquals(
                List.of("https://bad.example/post"),
                PageReading.of(base + "<form action='/post'></form>").forms());
        assertEquals(
                List.of("https://bad.example/kit/?a", "https://other.example/x", "https://bad.example/y"),
                targets(base + "<a href='?a'>x</a><a href='//other.example/x'>x</a><a href='/y'>x</a>"));
        assertEquals(
                List.of("https://bad.example/login.php"),
                targets("<base href='https://bad.example'><base href='https://second.example/'>"
                        + "<a href='login.php'>x</a>"));
        assertEquals(List.of("login.php"), targets("<a href='login.php'>x</a>"));
        assertEquals(List.of("login.php"), targets("<base href='/x/'><a href='login.php'>x</a>"));
    }

    @Test
    void aPageThatSendsItsReaderOnSaysWhere() {
        for (String content : List.of(
                "0; url=https://bad.example/a",
                "0;URL='https://bad.example/a'",
                "5, url = \"https://bad.example/a\" x",
                "0.5;https://bad.example/a",
                "0 url=https://bad.example/a")) {
            assertEquals(
                    List.of("https://bad.example/a"),
                    targets("<meta http-equiv=refresh content='" + content.replace("'", "&#39;") + "'>"),
                    content);
        }
        assertEquals(List.of(), targets("<meta http-equiv=refresh content='30'>"));
    }

    @Test
    void buttonsAndDrawingsLeadSomewhere() {
        assertEquals(
                List.of("https://a.example/", "https://b.example/"),
                PageReading.of(
                                "<form action='https://a.example/'><button formaction='https://b.example/'>x</button></form>")
                        .forms());
        assertEquals(
                List.of("https://a.example/"),
                targets("<svg><a xlink:href='https://a.example/'><text>x</text></a></svg>"));
    }
}
