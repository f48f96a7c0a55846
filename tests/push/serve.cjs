// The push service of the package web-push-testing, on this machine's own address alone, on a free port that it prints.
// It ends when whoever started it is gone: its standard input is then closed.
const Service = require('web-push-testing/src/server.js')
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js')

const model = new PushApiModel()
const service = new Service(model, 0)
service.setRequestHandlers()
const listening = service._app.listen(0, '127.0.0.1', () => {
  const { port } = listening.address()
  model.notifyUrl = `http://localhost:${port}/notify/`
  process.stdout.write(`${port}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume()
