package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import io.carom.event.Cidr;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A {@link Match} made ready to be put to single values.
///
/// Of {@link Match.Exists} and {@link Match.Null} it answers for a field that has a value; {@link
/// Match.Field} needs the event and is asked elsewhere.
sealed interface Asks {
    boolean holds(Value value);

    record Form(TextPattern pattern, boolean cased, Glob glob) implements Asks {
        @Override
        public boolean holds(Value value) {
            if (cased) {
                return glob.matches(value.bytes(), value.from(), value.to());
            }
            Folded folded = value.folded();
            return glob.matches(folded.bytes(), 0, folded.length());
        }
    }

    /// A text anywhere, letters of either case.
    final class Anywhere implements Asks {
        private final long[] words;
        private final int length;

        Anywhere(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            words = Folded.words(bytes);
            length = bytes.length;
        }

        @Override
        public boolean holds(Value value) {
            return value.folded().contains(words, length);
        }
    }

    record Found(Search search) implements Asks {
        @Override
        public boolean holds(Value value) {
            return search.found(value);
        }
    }

    /// A network of one family holds no address of the other, as `::/0` would.
    record In(Cidr network) implements Asks {
        @Override
        public boolean holds(Value value) {
            byte[] address = value.address();
            return address != null
                    && network.contains(address)
                    && (network.bits() >= 96 || !Arrays.equals(address, 0, 12, MAPPED, 0, 12));
        }

        private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    }

    record Compared(Match.Comparison comparison, double bound) implements Asks {
        @Override
        public boolean holds(Value value) {
            double number = value.number();
            return !Double.isNaN(number) && comparison.holds(number, bound);
        }
    }

    record Dated(Match.TimePart part, Match.Comparison comparison, double bound) implements Asks {
        @Override
        public boolean holds(Value value) {
            double number = DateParts.of(value.text(), part);
            return !Double.isNaN(number) && comparison.holds(number, bound);
        }
    }

    record Always(boolean answer) implements Asks {
        @Override
        public boolean holds(Value value) {
            return answer;
        }
    }

    static Asks of(Match match) {
        return switch (match) {
            case Match.Text(var pattern, boolean cased) -> {
                TextPattern asked = cased ? pattern : fold(pattern);
                yield new Form(asked, cased, new Glob(asked));
            }
            case Match.Regex(String expression, int flags) -> new Found(new Search(expression, flags));
            case Match.Network(var network) -> new In(network);
            case Match.Number(var comparison, double bound) -> new Compared(comparison, bound);
            case Match.Time(var part, var comparison, double bound) -> new Dated(part, comparison, bound);
            case Match.Exists(boolean wanted) -> new Always(wanted);
            case Match.Null n -> new Always(false);
            case Match.Field f -> new Always(false);
        };
    }

    /// The same, to be asked of single values by itself and not beside thousands of others.
    static Asks alone(Asks asks) {
        return asks instanceof Form(TextPattern pattern, boolean cased, var glob)
                        && !cased
                        && pattern.parts().size() == 3
                        && pattern.parts().getFirst() instanceof Part.Any
                        && pattern.parts().get(1) instanceof Part.Literal(String text)
                        && pattern.parts().getLast() instanceof Part.Any
                ? new Anywhere(text)
                : asks;
    }

    private static TextPattern fold(TextPattern pattern) {
        return new TextPattern(pattern.parts().stream()
                .map(p -> p instanceof Part.Literal(String text) ? new Part.Literal(Fold.fold(text)) : p)
                .toList());
    }
}
