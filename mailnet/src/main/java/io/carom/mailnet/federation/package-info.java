/// Other organisations' networks: routes that are pinned, and mail on its way to them.
@NullMarked
package io.carom.mailnet.federation;

import org.jspecify.annotations.NullMarked;
