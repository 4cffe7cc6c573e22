package io.carom.mail.structure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

        @Override
        public void head(Node node, int depth) {
            if (node instanceof TextNode text) {
                String words = text.getWholeText();
                (hiddenBy == null ? visible : hidden).append(words);
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
                case "script" -> add(element.data());
                case "a", "area" -> {
                    if (anchor == null && element.hasAttr("href")) {
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
                case "form" -> forms.add(cut(element.attr("action")));
                case "input" -> password |= element.attr("type").equalsIgnoreCase("password");
                case "meta" -> {
                    if (element.attr("http-equiv").equalsIgnoreCase("refresh")) {
                        String content = element.attr("content");
                        int at = content.toLowerCase(Locale.ROOT).indexOf("url=");
                        if (at >= 0) {
                            link(content.substring(at + 4), "");
                        }
                    }
                }
                case "iframe", "frame", "embed" -> link(element.attr("src"), "");
                case "object" -> link(element.attr("data"), "");
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
        }

        @Override
        public void tail(Node node, int depth) {
            if (depth == hiddenDepth) {
                hiddenBy = null;
                hiddenDepth = -1;
            }
            if (anchor != null && depth == anchorDepth) {
                String text = anchorText.toString().strip();
                link(java.util.Objects.requireNonNull(anchor).attr("href"), text);
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
                return name.equals("font") && element.attr("size").equals("0");
            }
            String s = style.toLowerCase(Locale.ROOT).replaceAll("\\s+", "");
            return s.contains("display:none")
                    || s.contains("visibility:hidden")
                    || s.matches("(.*;)?font-size:[01](px|pt|em|%)?(!important)?(;.*)?")
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
