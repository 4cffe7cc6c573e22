package io.carom.source.mapping;

import io.carom.source.Row;

/// Makes an attribute of others that the record's native fields gave. Stateless.
@FunctionalInterface
public interface Composition {
    /// Looks at the open row's attributes and writes to it.
    void compose(Row row);
}
