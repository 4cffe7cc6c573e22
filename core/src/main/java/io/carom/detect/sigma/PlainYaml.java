package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/// YAML as nearly all rules are written: one document of names and values by indentation, lists with
/// dashes, texts on one line, literal blocks, comments.
///
/// Thousands of rules are read before the first event is, and an engine for all of YAML takes most of
/// that time. What is given here is, node by node with its tag, value and place, what that engine
/// gives:
///
///     new Compose(settings).composeString(text)
///
/// Whatever is not of this form (anchors, tags, flow collections, texts over several lines, several
/// documents, tabs, and everything that is wrong) is not read at all, and the engine for all of it is
/// asked.
final class PlainYaml {
    private static final int DEEPEST = 40;

    /// A name may be this long before YAML no longer takes it for one; less is taken here.
    private static final int LONGEST_NAME = 1000;

    private static final String INDICATORS = "-?:,[]{}#&*!|>'\"%@`";
    private static final int[] NO_SNIPPET = {0};

    /// It is of another form. One for all, without a trace: it is no fault.
    @SuppressWarnings("serial")
    private static final class OtherForm extends Exception {
        OtherForm() {
            super(null, null, false, false);
        }
    }

    private static final OtherForm OTHER = new OtherForm();

    private final String text;
    private final ScalarResolver resolver;

    // The line at hand, never a blank one or a comment: its number, where it begins and ends, and where in it the
    // content begins, which for a mapping behind a dash is behind that dash. The column is -1 when all is read.
    private int line = -1;
    private int lineStart;
    private int lineEnd = -1;
    private int next;
    private int at;
    private int column;

    private PlainYaml(String text, ScalarResolver resolver) {
        this.text = text;
        this.resolver = resolver;
    }

    /// The document; null if it is of another form.
    static @Nullable Node read(String text, ScalarResolver resolver) {
        PlainYaml yaml = new PlainYaml(text, resolver);
        try {
            yaml.characters();
            yaml.advance();
            if (yaml.column != 0) {
                return null;
            }
            Node document = yaml.mapping(0);
            return yaml.column < 0 ? document : null;
        } catch (OtherForm e) {
            return null;
        }
    }

    /// Only characters that are themselves wherever they stand, and lines that cannot begin or end a
    /// document.
    private void characters() throws OtherForm {
        boolean first = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F) {
                if (first
                        && (c == '%'
                                || c == '-' && text.startsWith("---", i)
                                || c == '.' && text.startsWith("...", i))) {
                    throw OTHER;
                }
                first = false;
            } else if (c == '\n') {
                first = true;
            } else if (c == '\r') {
                if (i + 1 == text.length() || text.charAt(i + 1) != '\n') {
                    throw OTHER;
                }
            } else if (c < 0xA0 || c >= 0xD800 || c == '\u2028' || c == '\u2029') {
                throw OTHER;
            } else {
                first = false;
            }
        }
    }

    /// Goes to the next line, whatever stands there; false behind the last.
    private boolean nextLine() {
        if (next >= text.length()) {
            column = -1;
            return false;
        }
        line++;
        lineStart = next;
        int newline = text.indexOf('\n', next);
        next = newline < 0 ? text.length() : newline + 1;
        lineEnd = newline < 0
                ? text.length()
                : newline > lineStart && text.charAt(newline - 1) == '\r' ? newline - 1 : newline;
        at = spaces(lineStart);
        column = at - lineStart;
        return true;
    }

    /// Goes to the next line that is not blank and no comment.
    private void advance() {
        while (nextLine()) {
            if (at < lineEnd && text.charAt(at) != '#') {
                return;
            }
        }
    }

    /// The place behind the spaces that begin here.
    private int spaces(int from) {
        int i = from;
        while (i < lineEnd && text.charAt(i) == ' ') {
            i++;
        }
        return i;
    }

    /// Whether nothing but a comment follows on the line.
    private boolean isEnd(int place) {
        int behind = spaces(place);
        return behind == lineEnd || behind > place && text.charAt(behind) == '#';
    }

    private boolean isSpaceOrEnd(int place) {
        return place >= lineEnd || text.charAt(place) == ' ';
    }

    private boolean isItem() {
        return text.charAt(at) == '-' && isSpaceOrEnd(at + 1);
    }

    private Optional<Mark> mark(int place) {
        return Optional.of(new Mark("reader", place, line, place - lineStart, NO_SNIPPET, 0));
    }

    private int depth;

    private MappingNode mapping(int indent) throws OtherForm {
        if (++depth > DEEPEST) {
            throw OTHER;
        }
        Optional<Mark> start = mark(at);
        List<NodeTuple> members = new ArrayList<>();
        while (column == indent && !isItem()) {
            int colon = colon(at);
            if (colon < 0 || colon - at > LONGEST_NAME) {
                throw OTHER;
            }
            Node name = scalar(at, nameEnd(colon));
            members.add(new NodeTuple(name, value(colon + 1, indent)));
        }
        if (column > indent || members.isEmpty()) {
            throw OTHER;
        }
        depth--;
        return new MappingNode(Tag.MAP, true, members, FlowStyle.BLOCK, start, start);
    }

    /// Where the colon behind a name that begins here stands; -1 if no name begins here.
    private int colon(int from) throws OtherForm {
        char first = text.charAt(from);
        int i = from;
        if (first == '\'' || first == '"') {
            i = spaces(closing(from));
            return i < lineEnd && text.charAt(i) == ':' && isSpaceOrEnd(i + 1) ? i : -1;
        }
        if (!beginsText(from)) {
            throw OTHER;
        }
        for (; i < lineEnd; i++) {
            char c = text.charAt(i);
            if (c == ':' && isSpaceOrEnd(i + 1)) {
                return i;
            }
            if (c == '#' && text.charAt(i - 1) == ' ') {
                return -1;
            }
        }
        return -1;
    }

    private int nameEnd(int colon) {
        int end = colon;
        while (text.charAt(end - 1) == ' ') {
            end--;
        }
        return end;
    }

    private boolean beginsText(int from) {
        char first = text.charAt(from);
        return first != '<' && first != '=' && INDICATORS.indexOf(first) < 0
                || (first == '-' || first == '?' || first == ':') && !isSpaceOrEnd(from + 1);
    }

    /// What stands behind a name's colon or on the lines below it. Leaves the line behind it at hand.
    private Node value(int from, int indent) throws OtherForm {
        if (!isEnd(from)) {
            return text(spaces(from), indent);
        }
        Optional<Mark> nothing = mark(from);
        advance();
        if (column > indent) {
            return isItem() ? sequence(column) : mapping(column);
        }
        if (column == indent && isItem()) {
            return sequence(indent);
        }
        return new ScalarNode(resolver.resolve("", true), true, "", ScalarStyle.PLAIN, nothing, nothing);
    }

    private SequenceNode sequence(int indent) throws OtherForm {
        if (++depth > DEEPEST) {
            throw OTHER;
        }
        Optional<Mark> start = mark(at);
        List<Node> elements = new ArrayList<>();
        while (column == indent && isItem()) {
            int item = spaces(at + 1);
            if (item == lineEnd || text.charAt(item) == '#') {
                throw OTHER;
            }
            char first = text.charAt(item);
            if (first != '|' && colon(item) >= 0) {
                at = item;
                column = item - lineStart;
                elements.add(mapping(column));
            } else {
                elements.add(text(item, indent));
            }
        }
        if (column > indent) {
            throw OTHER;
        }
        depth--;
        return new SequenceNode(Tag.SEQ, true, elements, FlowStyle.BLOCK, start, start);
    }

    /// A text that begins here and belongs to what is indented so far. Leaves the line behind it at
    /// hand.
    private Node text(int from, int indent) throws OtherForm {
        char first = text.charAt(from);
        Node read;
        if (first == '|') {
            return literal(from, indent);
        }
        if (first == '\'' || first == '"') {
            int end = closing(from);
            if (!isEnd(end)) {
                throw OTHER;
            }
            read = scalar(from, end);
        } else {
            if (!beginsText(from)) {
                throw OTHER;
            }
            int end = from;
            for (int i = from; i < lineEnd; i++) {
                char c = text.charAt(i);
                if (c == ':' && isSpaceOrEnd(i + 1)) {
                    throw OTHER;
                }
                if (c == '#' && text.charAt(i - 1) == ' ') {
                    break;
                }
                end = c == ' ' ? end : i + 1;
            }
            read = scalar(from, end);
        }
        advance();
        if (column > indent) {
            throw OTHER;
        }
        return read;
    }

    /// The place behind the quote that ends the text in quotes that begins here.
    private int closing(int from) throws OtherForm {
        char quote = text.charAt(from);
        for (int i = from + 1; i < lineEnd; i++) {
            char c = text.charAt(i);
            char after = i + 1 < lineEnd ? text.charAt(i + 1) : 0;
            if (c == '\\' && quote == '"') {
                if (after != '\\' && after != '"') {
                    throw OTHER;
                }
                i++;
            } else if (c == quote) {
                if (quote == '"' || after != quote) {
                    return i + 1;
                }
                i++;
            }
        }
        throw OTHER;
    }

    private ScalarNode scalar(int from, int to) {
        char first = text.charAt(from);
        Optional<Mark> start = mark(from);
        if (first == '\'') {
            String inner = text.substring(from + 1, to - 1);
            String value = inner.indexOf('\'') < 0 ? inner : inner.replace("''", "'");
            return new ScalarNode(Tag.STR, true, value, ScalarStyle.SINGLE_QUOTED, start, start);
        }
        if (first == '"') {
            StringBuilder value = new StringBuilder(to - from);
            for (int i = from + 1; i < to - 1; i++) {
                char c = text.charAt(i);
                value.append(c == '\\' ? text.charAt(++i) : c);
            }
            return new ScalarNode(Tag.STR, true, value.toString(), ScalarStyle.DOUBLE_QUOTED, start, start);
        }
        String value = text.substring(from, to);
        // Of the words that stand for something else, none is longer than "false"; the resolver asks expressions.
        boolean word = value.length() > 5 && (first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z');
        Tag tag = word ? Tag.STR : resolver.resolve(value, true);
        return new ScalarNode(tag, true, value, ScalarStyle.PLAIN, start, start);
    }

    /// A block whose line breaks stay.
    private Node literal(int from, int indent) throws OtherForm {
        Optional<Mark> start = mark(from);
        int header = from + 1;
        char ending = header < lineEnd ? text.charAt(header) : 0;
        if (ending == '-' || ending == '+') {
            header++;
        }
        if (spaces(header) != lineEnd) {
            throw OTHER;
        }
        StringBuilder value = new StringBuilder();
        int breaks = 0;
        int block = -1;
        boolean ended = true;
        while (nextLine()) {
            boolean blank = at == lineEnd;
            if (block < 0) {
                if (blank && column == 0) {
                    breaks++;
                    continue;
                }
                if (blank || column <= indent) {
                    throw OTHER;
                }
                block = column;
            }
            if (blank && column <= block) {
                breaks++;
                ended = next > lineEnd;
                continue;
            }
            if (column < block) {
                break;
            }
            value.repeat('\n', breaks).append(text, lineStart + block, lineEnd);
            ended = next > lineEnd;
            breaks = 1;
        }
        if (block < 0 || !ended) {
            // Without a line break at the text's very end it is told otherwise by how it ends.
            throw OTHER;
        }
        value.repeat('\n', ending == '+' ? breaks : ending == '-' ? 0 : 1);
        if (column >= 0 && text.charAt(at) == '#') {
            advance();
        }
        if (column > indent) {
            throw OTHER;
        }
        return new ScalarNode(Tag.STR, true, value.toString(), ScalarStyle.LITERAL, start, start);
    }
}
