/// Who is in the network, and how each shows it: the authority, members, invitations, one-time codes, words.
@NullMarked
package io.carom.mailnet.identity;

import org.jspecify.annotations.NullMarked;
