import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Says hello over WebSocket with whatever this Java trusts, and prints the answer. */
public class Wss implements WebSocket.Listener {
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    public static void main(String[] args) throws Exception {
        var wss = new Wss();
        var socket = HttpClient.newHttpClient().newWebSocketBuilder()
                .buildAsync(URI.create(args[0]), wss).get(30, TimeUnit.SECONDS);
        socket.sendText("hello from Java", true).get(30, TimeUnit.SECONDS);
        System.out.println(wss.answer.get(30, TimeUnit.SECONDS));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, java.nio.ByteBuffer data, boolean last) {
        answer.complete(java.nio.charset.StandardCharsets.UTF_8.decode(data).toString());
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        answer.completeExceptionally(error);
    }
}
