package io.carom.source.evtx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One template definition below one path, compiled to a flat program: what is left for each record is
/// to put its values in. Paths and JSON keys are settled here, so the running of a program compares and
/// hashes no strings.
///
/// The JSON has the shape that `evtx_dump` made familiar: attributes under `#attributes`, text beside
/// them under `#text`, `<Data Name="X">v</Data>` as `"X":v`, and `_1`, `_2`… behind the key of an
/// element that comes again. In paths the repeated element has the same path each time.
final class Program {
    /// Begin an element: key, path.
    static final int OPEN = 1;
    /// Begin an element whose key is a value of the record: parent's path, parts.
    static final int OPEN_NAMED = 2;
    /// An attribute: key, path (or -1: below the element that is open, by name id), parts.
    static final int ATTRIBUTE = 3;
    /// All attributes are written.
    static final int ATTRIBUTES_END = 4;
    /// Text of the open element: key to use beside attributes or elements, whether elements are beside
    /// it, parts.
    static final int TEXT = 5;
    /// End the open element.
    static final int CLOSE = 6;
    /// An element that is one value and nothing else: key, path, index of the value.
    static final int LEAF = 7;
    /// An element that is one constant text and nothing else: JSON of all of it, path, text.
    static final int CONSTANT = 8;

    // Parts are: how many, then for each the index of a value, or ~index of a constant text.

    final int[] code;
    final byte[][] constants;

    private Program(int[] code, byte[][] constants) {
        this.code = code;
        this.constants = constants;
    }

    static Program compile(int[] row, int parent, Texts texts, EvtxPaths paths) {
        return new Compiler(row, texts, paths).all(parent);
    }

    private static final class Compiler {
        private final int[] row;
        private final Texts texts;
        private final EvtxPaths paths;
        private final Ints code = new Ints();
        private final List<byte[]> constants = new ArrayList<>();
        private int at;

        Compiler(int[] row, Texts texts, EvtxPaths paths) {
            this.row = row;
            this.texts = texts;
            this.paths = paths;
        }

        Program all(int parent) {
            Set<String> siblings = new HashSet<>();
            while (at < row.length) {
                emit(parse(), parent, siblings);
            }
            return new Program(code.copy(), constants.toArray(byte[][]::new));
        }

        /// A run of texts and substitutions: ids of texts as they are, substitutions as ~index.
        private record Parts(int[] of) implements Content {}

        private record Attribute(String name, Parts value) {}

        private record Element(String name, List<Attribute> attributes, List<Content> content) implements Content {}

        private sealed interface Content permits Parts, Element {}

        private Element parse() {
            at++;
            String name = texts.text(row[at++]);
            List<Attribute> attributes = new ArrayList<>();
            while (row[at] != Tokens.CONTENT) {
                if (row[at] == Tokens.ATTRIBUTE) {
                    String attribute = texts.text(row[at + 1]);
                    at += 2;
                    attributes.add(new Attribute(attribute, parts()));
                } else {
                    // Text in a start tag before any attribute belongs to nothing.
                    at += 2;
                }
            }
            at++;
            List<Content> content = new ArrayList<>();
            while (row[at] != Tokens.CLOSE) {
                Content child = row[at] == Tokens.OPEN ? parse() : parts();
                // An empty literal is no text: the element is empty.
                if (!(child instanceof Parts parts
                        && constant(parts)
                        && text(parts).isEmpty())) {
                    content.add(child);
                }
            }
            at++;
            return new Element(name, attributes, content);
        }

        private Parts parts() {
            Ints parts = new Ints();
            while (row[at] == Tokens.TEXT || row[at] == Tokens.SUBSTITUTION) {
                parts.add(row[at] == Tokens.TEXT ? row[at + 1] : ~row[at + 1]);
                at += 2;
            }
            return new Parts(parts.copy());
        }

        private void emit(Element element, int parent, Set<String> siblings) {
            String name = element.name;
            List<Attribute> attributes = element.attributes;
            if (name.equals("Data")) {
                for (Attribute attribute : attributes) {
                    if (attribute.name.equals("Name")) {
                        attributes = new ArrayList<>(attributes);
                        attributes.remove(attribute);
                        if (!constant(attribute.value)) {
                            code.add(OPEN_NAMED);
                            code.add(parent);
                            emit(attribute.value);
                            // The path is known only when the program runs; what is below shares the id
                            // of the unnamed.
                            body(attributes, element.content, EvtxPaths.OTHER, true);
                            return;
                        }
                        name = text(attribute.value);
                        break;
                    }
                }
            }
            int path = paths.element(parent, name);
            String key = unique(name, siblings);
            if (attributes.isEmpty()
                    && element.content.size() == 1
                    && element.content.getFirst() instanceof Parts only) {
                if (constant(only)) {
                    code.add(CONSTANT);
                    code.add(constant(jsonKey(key) + jsonText(text(only)) + ','));
                    code.add(path);
                    code.add(constant(text(only)));
                    return;
                }
                if (only.of.length == 1) {
                    code.add(LEAF);
                    code.add(constant(jsonKey(key)));
                    code.add(path);
                    code.add(~only.of[0]);
                    return;
                }
            }
            code.add(OPEN);
            code.add(constant(jsonKey(key)));
            code.add(path);
            body(attributes, element.content, path, false);
        }

        private void body(List<Attribute> attributes, List<Content> content, int path, boolean named) {
            Set<String> keys = new HashSet<>();
            for (Attribute attribute : attributes) {
                code.add(ATTRIBUTE);
                code.add(constant(jsonKey(unique(attribute.name, keys))));
                code.add(named ? -1 : paths.attribute(path, attribute.name));
                code.add(constant(attribute.name));
                emit(attribute.value);
            }
            if (!attributes.isEmpty()) {
                code.add(ATTRIBUTES_END);
            }
            boolean elements = content.stream().anyMatch(Element.class::isInstance);
            Set<String> siblings = new HashSet<>(Set.of("#attributes"));
            for (Content child : content) {
                switch (child) {
                    case Element element -> emit(element, path, siblings);
                    case Parts parts -> {
                        // White space between elements only lays the XML out.
                        if (!(elements && constant(parts) && text(parts).isBlank())) {
                            code.add(TEXT);
                            code.add(constant(jsonKey(unique("#text", siblings))));
                            code.add(elements ? 1 : 0);
                            emit(parts);
                        }
                    }
                }
            }
            code.add(CLOSE);
        }

        private void emit(Parts parts) {
            if (constant(parts)) {
                code.add(1);
                code.add(~constant(text(parts)));
                return;
            }
            code.add(parts.of.length);
            for (int part : parts.of) {
                code.add(part < 0 ? ~part : ~constant(texts.text(part)));
            }
        }

        private static boolean constant(Parts parts) {
            for (int part : parts.of) {
                if (part < 0) {
                    return false;
                }
            }
            return true;
        }

        private String text(Parts parts) {
            StringBuilder text = new StringBuilder();
            for (int part : parts.of) {
                text.append(texts.text(part));
            }
            return text.toString();
        }

        private int constant(String text) {
            constants.add(Utf8.bytes(text));
            return constants.size() - 1;
        }

        private static String unique(String name, Set<String> taken) {
            String key = name;
            for (int i = 1; !taken.add(key); i++) {
                key = name + '_' + i;
            }
            return key;
        }

        private static String jsonKey(String key) {
            return jsonText(key) + ':';
        }

        private static String jsonText(String text) {
            byte[] bytes = Utf8.bytes(text);
            Utf8 json = new Utf8();
            json.put('"');
            json.json(bytes, 0, bytes.length);
            json.put('"');
            return new String(json.at, 0, json.size, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
