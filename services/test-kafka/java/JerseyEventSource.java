import java.net.URI;
import javax.ws.rs.client.ClientBuilder;
import javax.ws.rs.sse.SseEventSource;

/**
 * Jersey's implementation of the JAX-RS standard's reader of event streams: it accepts only event streams, and reconnects with the id of the last
 * event.
 */
final class JerseyEventSource extends JerseyEventInput {
  @Override
  public void read(URI stream, ChatClient.Shown shown) {
    SseEventSource source = SseEventSource.target(ClientBuilder.newClient().target(stream)).build();
    source.register(event -> shown.event(event.getName(), event.readData()), Throwable::printStackTrace);
    source.open();
    shown.open();
  }
}
