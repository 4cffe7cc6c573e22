/// Joining the network: the server's part by HTTPS, and the member's.
@NullMarked
package io.carom.mailnet.enrol;

import org.jspecify.annotations.NullMarked;
