package io.carom.detect.sigma.engine;

import java.util.List;

/// A {@link Node} laid out to be asked: over arrays, without equality and without parts to look into.
sealed interface Question {
    boolean holds(Bits bits);

    static Question of(Node node) {
        return switch (node) {
            case Node.Bit(int id) -> new Bit(id);
            case Node.Lazy(int id) -> new Lazy(id);
            case Node.Not(Node part) -> new Not(of(part));
            case Node.All(List<Node> parts) -> new Joined(ofAll(parts), true);
            case Node.Any(List<Node> parts) -> new Joined(ofAll(parts), false);
            case Node.Constant(boolean value) -> new Joined(new Question[0], value);
        };
    }

    private static Question[] ofAll(List<Node> parts) {
        return parts.stream().map(Question::of).toArray(Question[]::new);
    }

    record Bit(int id) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return bits.get(id);
        }
    }

    record Lazy(int id) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return bits.lazy(id);
        }
    }

    record Not(Question part) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return !part.holds(bits);
        }
    }

    /// All of the parts or any of them.
    final class Joined implements Question {
        private final Question[] parts;
        private final boolean all;

        private Joined(Question[] parts, boolean all) {
            this.parts = parts;
            this.all = all;
        }

        @Override
        public boolean holds(Bits bits) {
            for (Question part : parts) {
                boolean holds = part instanceof Bit(int id) ? bits.get(id) : part.holds(bits);
                if (holds != all) {
                    return holds;
                }
            }
            return all;
        }
    }
}
