package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;

/// A logical expression over numbered bits, as small as it can be made: no part is an And in an And, a
/// constant or a double negation.
sealed interface Node {
    boolean holds(Bits bits);

    record Bit(int id) implements Node {
        @Override
        public boolean holds(Bits bits) {
            return bits.get(id);
        }
    }

    /// A bit that is only found out when it is asked.
    record Lazy(int id) implements Node {
        @Override
        public boolean holds(Bits bits) {
            return bits.lazy(id);
        }
    }

    record Not(Node part) implements Node {
        @Override
        public boolean holds(Bits bits) {
            return !part.holds(bits);
        }
    }

    record All(List<Node> parts) implements Node {
        @Override
        public boolean holds(Bits bits) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).holds(bits)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Any(List<Node> parts) implements Node {
        @Override
        public boolean holds(Bits bits) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).holds(bits)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Constant(boolean value) implements Node {
        @Override
        public boolean holds(Bits bits) {
            return value;
        }
    }

    /// What is left to be asked where all is known but what is lazy.
    static Node rest(Node node, Bits known) {
        return switch (node) {
            case Bit bit -> new Constant(bit.holds(known));
            case Lazy lazy -> lazy;
            case Not(Node part) -> not(rest(part, known));
            case All(List<Node> parts) ->
                all(parts.stream().map(p -> rest(p, known)).toList());
            case Any(List<Node> parts) ->
                any(parts.stream().map(p -> rest(p, known)).toList());
            case Constant constant -> constant;
        };
    }

    static Node not(Node part) {
        return switch (part) {
            case Not(Node inner) -> inner;
            case Constant(boolean value) -> new Constant(!value);
            default -> new Not(part);
        };
    }

    static Node all(List<Node> parts) {
        return join(parts, true);
    }

    static Node any(List<Node> parts) {
        return join(parts, false);
    }

    private static Node join(List<Node> parts, boolean all) {
        List<Node> kept = new ArrayList<>(parts.size());
        for (Node part : parts) {
            switch (part) {
                case Constant(boolean value)
                when value != all -> {
                    return part;
                }
                case Constant c -> {}
                case All(List<Node> inner) when all -> kept.addAll(inner);
                case Any(List<Node> inner) when !all -> kept.addAll(inner);
                default -> kept.add(part);
            }
        }
        return kept.isEmpty()
                ? new Constant(all)
                : kept.size() == 1 ? kept.getFirst() : all ? new All(kept) : new Any(kept);
    }
}
