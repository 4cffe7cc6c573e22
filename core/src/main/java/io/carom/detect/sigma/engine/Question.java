package io.carom.detect.sigma.engine;

import java.util.List;

/// A {@link Node} laid out to be asked: over arrays, without equality and without parts to look into.
sealed interface Question {
    /// What {@link #decided} gives.
    int NO = 0, YES = 1, LATE = 2;

    boolean holds(Bits bits);

    /// The same without asking what is lazy: whether it decides.
    int decided(Bits bits);

    static Question of(Node node) {
        return switch (node) {
            case Node.Bit(int id) -> new Bit(id);
            case Node.Lazy(int id) -> new Lazy(id);
            case Node.Not(Node part) -> new Not(of(part));
            case Node.All(List<Node> parts) -> joined(parts, true);
            case Node.Any(List<Node> parts) -> joined(parts, false);
            case Node.Constant(boolean value) -> new Plain(new int[0], value);
        };
    }

    private static Question joined(List<Node> parts, boolean all) {
        return parts.stream().allMatch(Node.Bit.class::isInstance)
                ? new Plain(parts.stream().mapToInt(p -> ((Node.Bit) p).id()).toArray(), all)
                : new Joined(ofAll(parts), all);
    }

    private static Question[] ofAll(List<Node> parts) {
        return parts.stream().map(Question::of).toArray(Question[]::new);
    }

    record Bit(int id) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return bits.get(id);
        }

        @Override
        public int decided(Bits bits) {
            return bits.get(id) ? YES : NO;
        }
    }

    record Lazy(int id) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return bits.lazy(id);
        }

        @Override
        public int decided(Bits bits) {
            return LATE;
        }
    }

    record Not(Question part) implements Question {
        @Override
        public boolean holds(Bits bits) {
            return !part.holds(bits);
        }

        @Override
        public int decided(Bits bits) {
            int decided = part.decided(bits);
            return decided == LATE ? LATE : YES - decided;
        }
    }

    /// All of some bits or any of them.
    final class Plain implements Question {
        private final int[] ids;
        private final boolean all;

        private Plain(int[] ids, boolean all) {
            this.ids = ids;
            this.all = all;
        }

        @Override
        public boolean holds(Bits bits) {
            for (int id : ids) {
                if (bits.get(id) != all) {
                    return !all;
                }
            }
            return all;
        }

        @Override
        public int decided(Bits bits) {
            return holds(bits) ? YES : NO;
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

        @Override
        public int decided(Bits bits) {
            int wanted = all ? YES : NO;
            boolean late = false;
            for (Question part : parts) {
                int decided = part.decided(bits);
                if (decided == LATE) {
                    late = true;
                } else if (decided != wanted) {
                    return decided;
                }
            }
            return late ? LATE : wanted;
        }
    }
}
