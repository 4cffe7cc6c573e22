/// What a server says of itself while it runs.
@NullMarked
package io.carom.server.log;

import org.jspecify.annotations.NullMarked;
