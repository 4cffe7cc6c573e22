/// `carom serve`: one process that answers over HTTP. Every route stands in one table, with who may
/// ask it.
@NullMarked
package io.carom.server;

import org.jspecify.annotations.NullMarked;
