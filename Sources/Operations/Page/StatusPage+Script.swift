extension StatusPage {
    /// The page's script: asks for the state every two seconds and puts it into the document, always as text.
    static let script = #"""
        'use strict';
        const byId = id => document.getElementById(id);
        const memory = new Map(), cards = new Map();
        const most = 60, pause = 2000;
        let token = sessionStorage.getItem('fieldseal.token') || '', last = null, timer = 0;

        function make(tag, attributes, ...children) {
          const element = document.createElement(tag);
          for (const [name, value] of Object.entries(attributes || {})) {
            if (name === 'onclick') element.addEventListener('click', value);
            else element.setAttribute(name, value);
          }
          element.append(...children);
          return element;
        }
        const number = value => value.toLocaleString('en', {maximumFractionDigits: value < 10 ? 1 : 0});
        function bytes(value) {
          const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
          let unit = 0;
          while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
          return number(value) + ' ' + units[unit];
        }
        function span(seconds) {
          if (seconds < 90) return Math.round(seconds) + ' s';
          if (seconds < 5400) return Math.round(seconds / 60) + ' min';
          return seconds < 172800 ? number(seconds / 3600) + ' h' : number(seconds / 86400) + ' days';
        }

        async function call(method, path, body) {
          const headers = {};
          if (token) headers.Authorization = 'Bearer ' + token;
          if (body) headers['Content-Type'] = 'application/json';
          const response = await fetch(path, {method, headers, body: body && JSON.stringify(body), cache: 'no-store',
            credentials: 'same-origin', redirect: 'error'});
          if (response.ok) return response.status === 204 ? null : response.json();
          let detail = response.statusText;
          try { detail = (await response.json()).detail || detail; } catch (error) { /* the status says enough */ }
          throw Object.assign(new Error(detail), {status: response.status});
        }

        function chart(name, unit) {
          const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
          const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
          picture.setAttribute('viewBox', '0 0 ' + (most - 1) + ' 30');
          picture.setAttribute('preserveAspectRatio', 'none');
          picture.setAttribute('role', 'img');
          picture.append(line);
          const now = make('strong', {});
          const figure = make('figure', {}, make('figcaption', {}, name, now), picture);
          return {figure, show(values) {
            const known = values.filter(value => value !== null);
            const top = Math.max(1, ...known);
            line.setAttribute('points', values.map((value, index) => value === null ? ''
              : (most - values.length + index) + ',' + (29 - 28 * value / top).toFixed(1)).join(' '));
            const current = values[values.length - 1];
            now.textContent = current === null ? 'not known yet' : number(current) + ' ' + unit;
            picture.setAttribute('aria-label', name + ' over the last two minutes: now ' + now.textContent
              + ', at most ' + number(Math.max(0, ...known)) + ' ' + unit);
          }};
        }

        function ask(question, withTime, act) {
          byId('question').textContent = question;
          byId('ttl').hidden = byId('ttlLabel').hidden = !withTime;
          byId('reason').value = '';
          const dialog = byId('ask'), form = dialog.querySelector('form');
          form.onsubmit = async event => {
            event.preventDefault();
            dialog.close();
            await attempt(() => act(byId('reason').value, Number(byId('ttl').value)));
          };
          byId('cancel').onclick = () => dialog.close();
          dialog.showModal();
          byId('reason').focus();
        }
        async function attempt(act) {
          byId('notice').textContent = '';
          try { await act(); } catch (error) { byId('notice').textContent = error.message; }
          refresh();
        }

        const path = (pair, rest) => '/v1/pairs/' + encodeURIComponent(pair) + '/' + rest;
        const may = role => last !== null && last.caller.roles.includes(role) && last.control;

        function makeCard(name) {
          const card = {name, state: make('span', {'class': 'state'}), way: make('p', {'class': 'way'}),
            rate: chart('Records written', '/s'), lag: chart('Left to read', 'records'),
            numbers: make('ul', {'class': 'numbers'}), pause: make('p', {}), halts: make('div', {}),
            demand: make('div', {}), buttons: make('div', {'class': 'row'}), seen: {}};
          card.element = make('article', {'class': 'card', 'data-pair': name, 'aria-label': 'Pair ' + name},
            make('div', {'class': 'head'}, make('h2', {}, name), card.state), card.way, card.pause,
            make('div', {'class': 'charts'}, card.rate.figure, card.lag.figure), card.numbers, card.halts, card.demand,
            card.buttons);
          byId('pairs').append(card.element);
          cards.set(name, card);
          return card;
        }

        // Parts with buttons are made anew only where they changed, so that nobody's focus goes.
        function whenChanged(card, part, value, fill) {
          const text = JSON.stringify([value, may('operator')]);
          if (card.seen[part] === text) return;
          card.seen[part] = text;
          card[part].replaceChildren(...fill());
        }

        function haltOf(pair, partition) {
          const halt = partition.halt, place = partition.topic + ', partition ' + partition.partition;
          const box = make('div', {'class': 'halt'},
            make('p', {}, make('strong', {}, place + ' stands at offset ' + partition.next), ': ', make('code', {}, halt.reason),
              halt.field ? ', field ' + halt.field : ''),
            make('p', {}, halt.message), make('p', {}, make('strong', {}, 'What to do: '), halt.remedy),
            make('p', {'class': 'soft'}, halt.retrying ? 'It is tried again by itself.' : 'It waits for you.'));
          if (may('operator')) box.append(make('button', {onclick: () =>
            ask('Leave out offset ' + partition.next + ' of ' + place + '?', false, reason => call('POST',
              path(pair.name, 'partitions/' + partition.partition + '/skip'),
              {topic: partition.topic, offset: partition.next, reason}))}, 'Skip this record'));
          return box;
        }

        function demandOf(pair) {
          const demand = pair.demand;
          if (!demand) return [];
          const parts = [make('h3', {}, 'Demand'), make('p', {}, demand.active ? 'Somebody wants these records.'
            : 'Nobody wants these records now.', demand.groups.length ? ' Groups: ' + demand.groups.join(', ') : '')];
          for (const lease of demand.leases) {
            const row = make('p', {'class': 'lease'}, lease.actor + ' until '
              + new Date(lease.expiresAt).toLocaleTimeString('en', {hour12: false}) + ': ' + lease.reason + ' ');
            if (may('operator')) row.append(make('button', {'aria-label': 'Release the lease of ' + lease.actor, onclick: () =>
              attempt(() => call('DELETE', path(pair.name, 'leases/' + encodeURIComponent(lease.id))))}, 'Release'));
            parts.push(row);
          }
          if (demand.takesLeases && may('operator')) parts.push(make('button', {onclick: () =>
            ask('Take a lease on ' + pair.name, true, (reason, minutes) => call('POST', path(pair.name, 'leases'),
              {ttlSeconds: Math.round(minutes * 60), reason}))}, 'Take a lease'));
          return parts;
        }

        function buttonsOf(pair) {
          if (!may('operator')) return [];
          const verb = pair.pause ? 'Resume' : 'Pause';
          return [make('button', {onclick: () => ask(verb + ' ' + pair.name + '?', false, reason =>
            call('POST', path(pair.name, verb.toLowerCase()), {reason}))}, verb)];
        }

        function remember(pair, time) {
          const past = memory.get(pair.name) || {rates: [], lags: [], written: null, time: 0};
          const seconds = (time - past.time) / 1000;
          const isKnown = past.written !== null && seconds > 0 && pair.counts.written >= past.written;
          past.rates = [...past.rates, isKnown ? (pair.counts.written - past.written) / seconds : null].slice(-most);
          past.lags = [...past.lags, pair.lag === undefined ? null : pair.lag].slice(-most);
          past.written = pair.counts.written;
          past.time = time;
          memory.set(pair.name, past);
          return past;
        }

        function showPair(pair, time) {
          const card = cards.get(pair.name) || makeCard(pair.name), past = remember(pair, time), counts = pair.counts;
          card.state.textContent = pair.state;
          card.state.className = 'state ' + pair.state;
          card.way.textContent = pair.source + ' \u2192 ' + pair.target + ' (' + pair.direction + ')';
          card.rate.show(past.rates);
          card.lag.show(past.lags);
          card.pause.textContent = pair.pause ? 'Paused by ' + pair.pause.actor + ': ' + pair.pause.reason : '';
          const running = pair.workers.filter(worker => worker.running).length;
          const texts = [number(counts.written) + ' written', bytes(counts.bytes), number(counts.failed) + ' failed',
            number(counts.passedOn) + ' passed on', number(counts.skipped) + ' skipped', number(counts.aborted)
            + ' aborted transactions', pair.partitions.length + (pair.partitions.length === 1 ? ' partition' : ' partitions'), 'workers: ' + running + ' of '
            + pair.workers.length];
          card.numbers.replaceChildren(...texts.map(text => make('li', {}, text)));
          const halted = pair.partitions.filter(partition => partition.halt);
          whenChanged(card, 'halts', halted, () => halted.map(partition => haltOf(pair, partition)));
          whenChanged(card, 'demand', pair.demand, () => demandOf(pair));
          whenChanged(card, 'buttons', Boolean(pair.pause), () => buttonsOf(pair));
        }

        function showTable(id, rows) {
          byId(id).hidden = rows.length === 0;
          byId(id).querySelector('tbody').replaceChildren(...rows.map(cells =>
            make('tr', {}, ...cells.map(cell => make('td', {}, String(cell))))));
        }

        function show(report) {
          last = report;
          byId('login').hidden = true;
          byId('about').textContent = 'version ' + report.version + ', up for '
            + span(report.time / 1000 - report.startedAt) + ', you are ' + report.caller.name;
          const halted = report.pairs.flatMap(pair => pair.partitions).filter(partition => partition.halt).length;
          const refusal = report.configuration && report.configuration.refusal;
          const warning = refusal ? 'A changed configuration file is refused; this process goes on with the one that it has. '
            + refusal : '';
          if (byId('configuration').textContent !== warning) byId('configuration').textContent = warning;
          const summary = halted ? halted + (halted === 1 ? ' partition stands' : ' partitions stand') + ' still'
            : report.pairs.every(pair => pair.state !== 'starting') ? 'All is well' : 'Starting';
          if (byId('summary').textContent !== summary) byId('summary').textContent = summary;
          document.title = (halted ? '(' + halted + ') ' : '') + 'Fieldseal';
          for (const [name, card] of cards) if (!report.pairs.some(pair => pair.name === name)) {
            card.element.remove();
            cards.delete(name);
          }
          for (const pair of report.pairs) showPair(pair, report.time);
          showTable('kms', report.keyServices.map(kms => [kms.provider, kms.suspended ? 'left alone: it does not answer'
            : kms.up ? 'answers' : 'does not answer', number(kms.calls), number(kms.failed),
            number(kms.meanMilliseconds) + ' ms']));
          showTable('keys', report.keys.map(key => [key.kek, key.version || '', key.purpose, key.topic, key.algorithm,
            span(key.ageSeconds), key.seals === undefined ? '' : number(key.seals)]));
        }

        async function refresh() {
          clearTimeout(timer);
          try {
            show(await call('GET', '/v1/status'));
          } catch (error) {
            if (error.status === 401) {
              byId('summary').textContent = '';
              byId('login').hidden = false;
              byId('refused').textContent = token ? error.message : '';
              token = '';
              return;
            }
            byId('summary').textContent = error.status ? error.message : 'No answer; trying again';
          }
          timer = setTimeout(refresh, pause);
        }
        byId('login').addEventListener('submit', event => {
          event.preventDefault();
          token = byId('token').value;
          sessionStorage.setItem('fieldseal.token', token);
          byId('token').value = '';
          refresh();
        });
        refresh();
        """#
}
