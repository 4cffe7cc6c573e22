/// A page for members without a mail program: reading and writing encrypted in the browser. The server
/// sees here what it sees over IMAP and SMTP, no more; keys are made and kept on the other side.
@NullMarked
package io.carom.mailnet.page;

import org.jspecify.annotations.NullMarked;
