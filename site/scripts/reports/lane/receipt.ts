import { the } from '../elements.ts';
import { asDownload } from './file.ts';

/** Shows the receipt code, once; it is nowhere else. `onKept` hears that it was copied, saved or printed. */
export function showReceipt(code: string, number: string, organization: string, onKept: () => void): void {
  the('receipt_code', HTMLElement).textContent = code;
  the('receipt_number', HTMLElement).textContent = number;
  const said = the('receipt_said', HTMLElement);
  const kept = (words: string) => {
    said.textContent = words;
    onKept();
  };
  the('receipt_copy', HTMLButtonElement).onclick = () => {
    void navigator.clipboard.writeText(code).then(
      () => kept('Copied. Keep it in a safe place.'),
      () => {
        getSelection()?.selectAllChildren(the('receipt_code', HTMLElement));
        said.textContent = 'It is selected: copy it with your keyboard.';
      },
    );
  };
  const text = `Receipt of a vulnerability report to ${organization}\n\nNumber: ${number}\nReceipt code: ${code}\n\nWhoever has the code reads our answers and writes in your place. Nobody can give you another one.\n${location.origin}${the('receipt_return', HTMLAnchorElement).pathname}\n`;
  const save = the('receipt_save', HTMLAnchorElement);
  asDownload(save, `receipt-${number}.txt`, text, 'text/plain');
  save.addEventListener('click', () => kept('Saved, if your browser did not ask otherwise.'));
  the('receipt_print', HTMLButtonElement).onclick = () => {
    print();
    onKept();
  };
  const shown = the('report_receipt', HTMLElement);
  shown.hidden = false;
  the('receipt_title', HTMLElement).focus();
}
