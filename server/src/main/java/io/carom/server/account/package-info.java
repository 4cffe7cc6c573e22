/// Who may ask the server, and how they show who they are.
@NullMarked
package io.carom.server.account;

import org.jspecify.annotations.NullMarked;
