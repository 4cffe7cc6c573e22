/// Windows events, whatever carried them: one set of native names, one table of mappings.
///
/// {@link io.carom.source.windows.EventNames} gives the fields of every form (shippers' JSON,
/// XML, binary) the names that Sigma's Windows taxonomy uses; {@link
/// io.carom.source.windows.EventTable} finds the mapping of a record by provider and event id;
/// the mappings themselves stand in the files named `…Events`.
@NullMarked
package io.carom.source.windows;

import org.jspecify.annotations.NullMarked;
