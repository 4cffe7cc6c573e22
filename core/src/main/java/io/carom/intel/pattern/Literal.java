package io.carom.intel.pattern;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.HexFormat;

/// A constant of a pattern.
public sealed interface Literal {
    /// What may stand in one set together.
    enum Kind {
        TEXT,
        NUMBER,
        TRUTH,
        BINARY,
        TIME
    }

    Kind kind();

    /// `'…'`, with its escapes undone.
    record Text(String value) implements Literal {
        @Override
        public Kind kind() {
            return Kind.TEXT;
        }
    }

    /// A whole number or one with a point, exact. Printed with as many digits as it was read with.
    record Number(BigDecimal value) implements Literal {
        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }
    }

    record Truth(boolean value) implements Literal {
        @Override
        public Kind kind() {
            return Kind.TRUTH;
        }
    }

    /// `h'…'`
    ///
    /// @param digits an even number of hexadecimal digits
    record Hex(String digits) implements Literal {
        @Override
        public Kind kind() {
            return Kind.BINARY;
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(digits);
        }
    }

    /// `b'…'`
    ///
    /// @param digits Base64 with its padding
    record Binary(String digits) implements Literal {
        @Override
        public Kind kind() {
            return Kind.BINARY;
        }

        byte[] bytes() {
            return Base64.getDecoder().decode(digits);
        }
    }

    /// `t'…'`
    record Time(Moment at) implements Literal {
        @Override
        public Kind kind() {
            return Kind.TIME;
        }
    }
}
