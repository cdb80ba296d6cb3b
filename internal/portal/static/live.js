// Parts of a page that are marked data-live are drawn anew when something has happened.
// Without this a reload shows the same.
(function () {
  'use strict';
  if (!document.querySelector('[data-live]') || !window.EventSource || location.search.indexOf('as_of=') >= 0) return;
  let busy = false;
  let again = false;
  let head = document.body.getAttribute('data-head');

  // filled tells whether somebody has filled in something within an element that is not sent.
  function filled(part) {
    return [].some.call(part.querySelectorAll('input, textarea'), function (field) {
      return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
    });
  }

  function place(fresh) {
    document.querySelectorAll('[data-live]').forEach(function (old) {
      const now = fresh.querySelector('[data-live="' + old.getAttribute('data-live') + '"]');
      if (now && now.innerHTML !== old.innerHTML && !old.contains(document.activeElement) && !filled(old)) {
        old.parentNode.replaceChild(document.importNode(now, true), old);
      }
    });
  }

  function refresh() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    fetch(location.href, { credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error('not now');
      return answer.text();
    }).then(function (html) {
      const fresh = new DOMParser().parseFromString(html, 'text/html');
      place(fresh);
      again = again || fresh.body.hasAttribute('data-older');
    }).catch(function () {
      // The next event tries again.
    }).then(function () {
      busy = false;
      if (again) {
        again = false;
        setTimeout(refresh, 1000);
      }
    });
  }

  function listen() {
    const news = new EventSource('/live?since=' + head);
    news.onmessage = function (event) {
      head = event.data;
      refresh();
    };
    // A browser does not come again by itself after an answer that is no stream, such as a
    // proxy's while the portal starts anew.
    news.onerror = function () {
      if (news.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
    };
  }

  listen();
}());
