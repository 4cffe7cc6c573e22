/// Flows as routers export them over UDP: NetFlow versions 5 and 9, and IPFIX. Datagrams in, one JSON
/// record a flow out; what the record says is mapped by {@link io.carom.source.NetFlowJson}.
@NullMarked
package io.carom.source.netflow;

import org.jspecify.annotations.NullMarked;
