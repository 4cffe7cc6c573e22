/// What the network keeps: mail, mailboxes, the audit log; on the disk before it is said to be kept.
@NullMarked
package io.carom.mailnet.store;

import org.jspecify.annotations.NullMarked;
