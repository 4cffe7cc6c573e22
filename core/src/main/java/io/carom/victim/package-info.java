/// Whom a name means that stood on an intruder's server: folders, archives and host names against a list of
/// clients.
@NullMarked
package io.carom.victim;

import org.jspecify.annotations.NullMarked;
