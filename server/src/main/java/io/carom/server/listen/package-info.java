/// Receives what products send: one file a kind of listener. Whatever comes is put into the spool, and
/// a sender is thanked once it is on the disk. Senders are strangers: everything that they can make
/// this hold is bounded.
@NullMarked
package io.carom.server.listen;

import org.jspecify.annotations.NullMarked;
