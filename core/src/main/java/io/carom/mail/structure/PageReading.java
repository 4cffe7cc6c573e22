package io.carom.mail.structure;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;
import org.jspecify.annotations.Nullable;

/// What a page shows, what it hides, and where it leads. Nothing of it is run or fetched.
///
/// @param visible text a reader sees
/// @param hidden text that is there and not seen
/// @param links in order
/// @param images sources of images, in order
/// @param forms where forms go, empty text for one without a target
/// @param asksPassword whether a field takes a password
/// @param scripts text of scripts and of attributes that run something
/// @param imageLinks how many links have an image and no text
/// @param elements how many elements it has
/// @param shape of its elements in their order, whatever they hold: mails of one make have the same
public record PageReading(
        String visible,
        String hidden,
        List<Link> links,
        List<String> images,
        List<String> forms,
        boolean asksPassword,
        String scripts,
        int imageLinks,
        int elements,
        long shape) {
    /// @param target as written, white space off
    /// @param text that a reader sees of it
    public record Link(String target, String text) {}

    private static final int LINKS = 2_000;
    private static final int LONGEST = 8_192;
    private static final int SCRIPT = 1 << 19;
    private static final Pattern SIZE =
            Pattern.compile("(?:^|;)\\s*font-size\\s*:([^;!]{1,40})", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,6}(?:\\.\\d{0,6})?|\\.\\d{1,6})\\s*([a-z%]{0,4})");
    private static final Set<String> RELATIVE = Set.of("smaller", "larger", "inherit", "unset");
    private static final Pattern REFRESH = Pattern.compile("url\\s*=\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern BASE = Pattern.compile("https?://[^/\\\\?#]", Pattern.CASE_INSENSITIVE);
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");

    /// Reads a page.
    public static PageReading of(String html) {
        Document document = Jsoup.parse(html);
        Reader reader = new Reader();
        document.traverse(reader);
        return reader.result();
    }

    private static final class Reader implements NodeVisitor {
        private final StringBuilder visible = new StringBuilder();
        private final StringBuilder hidden = new StringBuilder();
        private final StringBuilder scripts = new StringBuilder();
        private final List<Link> links = new ArrayList<>();
        private final List<String> images = new ArrayList<>();
        private final List<String> forms = new ArrayList<>();
        private boolean password;
        private int imageLinks;
        private int elements;
        private long shape = 0xcbf29ce484222325L;
        private @Nullable Node hiddenBy;
        private @Nullable Element anchor;
        private int hiddenDepth = -1;
        private int anchorDepth = -1;
        private final StringBuilder anchorText = new StringBuilder();
        private boolean anchorImage;
        /// What relative addresses begin from; empty if the page does not say.
        private String base = "";
        /// Depths of the elements that state a size of their letters, and whether nobody reads that.
        private final Deque<Letters> letters = new ArrayDeque<>();

        private record Letters(int depth, boolean tiny) {}

        @Override
        public void head(Node node, int depth) {
            if (node instanceof TextNode text) {
                String words = text.getWholeText();
                (hiddenBy == null && !isTiny() ? visible : hidden).append(words);
                if (anchor != null && anchorText.length() < 1_000) {
                    anchorText.append(words);
                }
                return;
            }
            if (!(node instanceof Element element)) {
                return;
            }
            String name = element.normalName();
            elements++;
            shape = (shape ^ name.hashCode() ^ depth) * 0x100000001b3L;
            switch (name) {
                case "script" -> {
                    // Within a drawing a script is text to a reader of pages.
                    add(element.data());
                    element.textNodes().forEach(t -> add(t.getWholeText()));
                }
                case "base" -> {
                    String href =
                            element.attr("href").replaceAll("[\\t\\r\\n]", "").strip();
                    base = base.isEmpty() && BASE.matcher(href).lookingAt() ? cut(href) : base;
                }
                case "a", "area" -> {
                    if (anchor == null && (element.hasAttr("href") || element.hasAttr("xlink:href"))) {
                        anchor = element;
                        anchorDepth = depth;
                        anchorText.setLength(0);
                        anchorImage = false;
                    }
                }
                case "img", "v:fill", "image" -> {
                    if (images.size() < LINKS) {
                        images.add(cut(element.attr("src")));
                    }
                    anchorImage = true;
                }
                case "form" -> forms.add(cut(where(element, "action")));
                case "input", "button" -> {
                    password |= element.attr("type").equalsIgnoreCase("password");
                    if (element.hasAttr("formaction")) {
                        forms.add(cut(where(element, "formaction")));
                    }
                }
                case "meta" -> {
                    if (element.attr("http-equiv").strip().equalsIgnoreCase("refresh")) {
                        link(refreshed(element.attr("content")), "");
                    }
                }
                case "iframe", "frame", "embed" -> link(where(element, "src"), "");
                case "object" -> link(where(element, "data"), "");
                case "br", "p", "div", "td", "tr", "li", "h1", "h2", "h3", "table", "title" -> {
                    visible.append(' ');
                    hidden.append(' ');
                }
                default -> {}
            }
            element.attributes().forEach(attribute -> {
                if (attribute.getKey().startsWith("on") && attribute.getValue().length() > 4) {
                    add(attribute.getValue());
                }
            });
            if (hiddenBy == null && isHidden(element, name)) {
                hiddenBy = element;
                hiddenDepth = depth;
            }
            letters(element, name, depth);
        }

        private boolean isTiny() {
            Letters last = letters.peek();
            return last != null && last.tiny();
        }

        /// A size of its own undoes one of nought around it, as newsletters are made; one that is relative
        /// does not (CSS Fonts, section 2.5).
        private void letters(Element element, String name, int depth) {
            String style = element.attr("style");
            Matcher size = SIZE.matcher(style.length() > LONGEST ? "" : style);
            String written = "";
            while (size.find()) {
                written = size.group(1).strip().toLowerCase(Locale.ROOT);
            }
            if (written.isEmpty() && name.equals("font") && element.hasAttr("size")) {
                written = element.attr("size").strip().equals("0") ? "0" : "medium";
            }
            if (!written.isEmpty()) {
                letters.push(new Letters(depth, isTiny(written)));
            }
        }

        private boolean isTiny(String size) {
            Matcher m = NUMBER.matcher(size);
            if (!m.matches()) {
                boolean relative = RELATIVE.contains(size);
                return relative && isTiny();
            }
            double number = Double.parseDouble(m.group(1));
            return switch (m.group(2)) {
                case "px", "pt" -> number <= 1;
                case "em", "ex", "ch" -> number <= 0.1 || isTiny();
                case "%" -> number <= 10 || isTiny();
                // Browsers pass over a number without a unit, unless it is nought.
                case "" -> number == 0 || isTiny();
                default -> number == 0;
            };
        }

        /// Where `0; url='https://…'` leads; the word and the quotes may be left out (HTML, section 4.2.5.3).
        private static String refreshed(String content) {
            int at = 0;
            while (at < content.length() && " \t\r\n\f.0123456789".indexOf(content.charAt(at)) >= 0) {
                at++;
            }
            while (at < content.length() && " \t\r\n\f;,".indexOf(content.charAt(at)) >= 0) {
                at++;
            }
            Matcher m = REFRESH.matcher(content);
            at = m.find(at) && m.start() == at ? m.end() : at;
            String target = content.substring(at);
            if (!target.isEmpty() && "'\"".indexOf(target.charAt(0)) >= 0) {
                int end = target.indexOf(target.charAt(0), 1);
                target = target.substring(1, end < 0 ? target.length() : end);
            }
            return target;
        }

        /// What an attribute leads to: as it is written, or where the page has a base, and it is relative,
        /// from there.
        private String where(Element element, String attribute) {
            String written = element.attr(attribute);
            String bare = written.strip();
            if (base.isEmpty()
                    || bare.isEmpty()
                    || bare.charAt(0) == '#'
                    || SCHEME.matcher(bare).lookingAt()) {
                return written;
            }
            int host = base.indexOf("://") + 3;
            int path = end(base, host, "/\\?#");
            if (bare.startsWith("//")) {
                return base.substring(0, host - 2) + bare;
            }
            if (bare.charAt(0) == '/' || bare.charAt(0) == '\\') {
                return base.substring(0, path) + bare;
            }
            String page = base.substring(0, end(base, path, "?#"));
            int slash = page.lastIndexOf('/');
            return bare.charAt(0) == '?'
                    ? page + bare
                    : slash < path ? page + "/" + bare : page.substring(0, slash + 1) + bare;
        }

        private static int end(String text, int from, String ends) {
            int at = from;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return at;
        }

        @Override
        public void tail(Node node, int depth) {
            Letters last = letters.peek();
            if (last != null && last.depth() == depth) {
                letters.pop();
            }
            if (depth == hiddenDepth) {
                hiddenBy = null;
                hiddenDepth = -1;
            }
            if (anchor != null && depth == anchorDepth) {
                String text = anchorText.toString().strip();
                Element led = java.util.Objects.requireNonNull(anchor);
                link(where(led, led.hasAttr("href") ? "href" : "xlink:href"), text);
                imageLinks += anchorImage && text.isBlank() ? 1 : 0;
                anchor = null;
                anchorDepth = -1;
            }
        }

        private void add(String script) {
            if (scripts.length() + script.length() < SCRIPT) {
                scripts.append(script).append('\n');
            }
        }

        private void link(String target, String text) {
            // Browsers take tabs and line ends out of an address (WHATWG URL, section 4.4).
            String clean = target.replaceAll("[\\t\\r\\n]", "").strip();
            if (!clean.isEmpty() && links.size() < LINKS) {
                links.add(new Link(cut(clean), text));
            }
        }

        private static String cut(String text) {
            return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        }

        private static boolean isHidden(Element element, String name) {
            if (name.equals("style") || name.equals("script") || name.equals("title") || name.equals("noscript")) {
                return true;
            }
            if (element.hasAttr("hidden")) {
                return true;
            }
            String style = element.attr("style");
            if (style.isEmpty() || style.length() > LONGEST) {
                return false;
            }
            String s = style.toLowerCase(Locale.ROOT).replaceAll("\\s+", "");
            return s.contains("display:none")
                    || s.contains("visibility:hidden")
                    || s.matches("(.*;)?opacity:0(\\.0+)?(!important)?(;.*)?")
                    || s.contains("max-height:0") && s.contains("overflow:hidden")
                    || s.contains("height:0px") && s.contains("overflow:hidden")
                    || s.matches("(.*;)?(text-indent|left|top):-\\d{3,}px.*")
                    || isInk(s);
        }

        /// White on white, or the colour of its own ground.
        private static boolean isInk(String style) {
            String color = value(style, "color:");
            String ground = value(style, "background-color:");
            ground = ground.isEmpty() ? value(style, "background:") : ground;
            return !color.isEmpty() && !ground.isEmpty() && color.equals(ground);
        }

        private static String value(String style, String property) {
            for (String one : style.split(";")) {
                if (one.startsWith(property)) {
                    String value = one.substring(property.length()).replace("!important", "");
                    return switch (value) {
                        case "white", "#fff" -> "#ffffff";
                        case "black", "#000" -> "#000000";
                        default -> value;
                    };
                }
            }
            return "";
        }

        PageReading result() {
            return new PageReading(
                    visible.toString(),
                    hidden.toString(),
                    List.copyOf(links),
                    List.copyOf(images),
                    List.copyOf(forms),
                    password,
                    scripts.toString(),
                    imageLinks,
                    elements,
                    shape);
        }
    }
}
