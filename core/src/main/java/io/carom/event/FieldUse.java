package io.carom.event;

/// Tells which native fields of a record became attributes of its event.
@FunctionalInterface
public interface FieldUse {
    /// @param field name id, see {@link FieldNames}
    boolean reads(int field);
}
