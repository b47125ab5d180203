// Run in a page: says hello over WebSocket, and gives what comes back to done.
function hello(url, done) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send('hello from ' + location.origin);
  socket.onmessage = (event) => {
    done(new TextDecoder().decode(event.data));
    socket.close();
  };
  socket.onerror = () => done('refused');
}
