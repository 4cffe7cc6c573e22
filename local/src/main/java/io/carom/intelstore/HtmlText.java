package io.carom.intelstore;

import com.google.auto.service.AutoService;
import io.carom.intel.DocumentText;
import io.carom.intel.IntelDocument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeVisitor;

/// The text that a page shows, block by block, with the line of its source; not its scripts, styles,
/// links and comments.
@AutoService(DocumentText.class)
public final class HtmlText implements DocumentText {
    private static final int MAX_BYTES = 32 << 20;
    private static final int MAX_PIECES = 500_000;
    private static final int MAX_DEPTH = 512;
    private static final Set<String> UNSEEN = Set.of("script", "style", "noscript", "template", "head", "nav", "svg");

    @Override
    public boolean reads(IntelDocument.Format format) {
        return format == IntelDocument.Format.HTML;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public List<Piece> pieces(byte[] bytes) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        Parser parser = Parser.htmlParser().setTrackPosition(true).setMaxDepth(MAX_DEPTH);
        Blocks blocks = new Blocks(pieces);
        try {
            Element body = Jsoup.parse(new ByteArrayInputStream(bytes), null, "", parser)
                    .body();
            if (body == null) {
                return pieces;
            }
            body.traverse(blocks);
        } catch (RuntimeException | StackOverflowError e) {
            throw new Refused("it is no page that can be read; save it as text (.md)");
        }
        blocks.end();
        if (pieces.size() >= MAX_PIECES) {
            throw new Refused("it has more than " + MAX_PIECES + " blocks of text; split it");
        }
        return pieces;
    }

    private static final class Blocks implements NodeVisitor {
        private final List<Piece> pieces;
        private final StringBuilder text = new StringBuilder();
        private int line;
        private int unseen;

        Blocks(List<Piece> pieces) {
            this.pieces = pieces;
        }

        @Override
        public void head(Node node, int depth) {
            if (node instanceof Element element) {
                if (UNSEEN.contains(element.normalName())) {
                    unseen++;
                }
                if (element.isBlock()
                        || element.normalName().equals("br")
                        || element.normalName().equals("td")) {
                    end();
                }
            } else if (unseen == 0 && node instanceof TextNode words && !words.isBlank()) {
                if (text.isEmpty()) {
                    line = words.sourceRange().start().lineNumber();
                }
                text.append(words.getWholeText());
            }
        }

        @Override
        public void tail(Node node, int depth) {
            if (node instanceof Element element) {
                if (UNSEEN.contains(element.normalName())) {
                    unseen--;
                }
                if (element.isBlock()) {
                    end();
                }
            }
        }

        void end() {
            if (!text.isEmpty() && pieces.size() < MAX_PIECES) {
                pieces.add(new Piece(
                        "line " + Math.max(1, line),
                        false,
                        text.toString().replace("\u00AD", "").replace("\u200B", "")));
            }
            text.setLength(0);
        }
    }
}
